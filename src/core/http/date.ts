/** Dates as HTTP writes them (RFC 9110 5.6.7, IMF-fixdate), to the second. */

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400;

/**
 * Days since 1970-01-01 of a day of the Gregorian calendar. Years are counted from March, so that the leap day is the last of
 * its year, and months of 30.6 days on average then begin where they should.
 */
function dayNumber(year: number, month: number, day: number): number {
  const [y, m] = month < 3 ? [year - 1, month + 9] : [year, month - 3];
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + Math.floor((m * 153 + 2) / 5) + day - 1 - 719_468;
}

/** The year that a day is in; the calendar repeats after 146,097 days, so the guess is off by one at most. */
function yearOf(days: number): number {
  const guess = 1970 + Math.floor(days / 365.2425);
  return dayNumber(guess, 1, 1) > days ? guess - 1 : dayNumber(guess + 1, 1, 1) <= days ? guess + 1 : guess;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `Sun, 06 Nov 1994 08:49:37 GMT`, from milliseconds since 1970. */
export function httpDate(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / DAY);
  const year = yearOf(days);
  const month = MONTHS.findLastIndex((_, index) => dayNumber(year, index + 1, 1) <= days);
  const day = days - dayNumber(year, month + 1, 1) + 1;
  const rest = seconds - days * DAY;
  const clock = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map(two).join(':');
  return `${DAYS[(((days + 4) % 7) + 7) % 7]}, ${two(day)} ${MONTHS[month]} ${String(year).padStart(4, '0')} ${clock} GMT`;
}

/** Milliseconds since 1970; undefined for what is no such date. */
export function parseHttpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/.exec(text.trim());
  const month = MONTHS.indexOf(match?.[2] ?? '');
  if (match === null || month < 0) return undefined;
  const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = [1, 3, 4, 5, 6].map((at) => Number(match[at]));
  return (dayNumber(year, month + 1, day) * DAY + hour * 3600 + minute * 60 + second) * 1000;
}
