# The modules that a list of path prefixes names, with all that they depend on. Reads the list, then modules.dep, whose
# lines are `module: what it depends on, whole`. `without` is a file of prefixes that are left out.
function named(path, list,   prefix) {
  for (prefix in list) if (index(path, "kernel/" prefix) == 1) return 1
  return 0
}
BEGIN { while ((getline line < without) > 0) skip[line] = 1 }
FNR == NR { if ($0 != "") take[$0] = 1; next }
{
  module = $1
  sub(/:$/, "", module)
  if (!named(module, take) || named(module, skip)) next
  print module
  for (i = 2; i <= NF; i++) print $i
}
