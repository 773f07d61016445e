# compare-trees.sh A B: prints every difference between two trees: contents, and all that the file system says.
set -eu
describe() {
  (
    cd "$1"
    # Device, inode and access time are not part of a backup. Directories' sizes and link counts are the file system's own.
    find . -mindepth 1 \( -type d -printf 'd %p %m %U %G %T@\n' \) -o \
      -printf '%y %p %m %U %G %T@ size=%s links=%n -> %l\n' | LC_ALL=C sort
    # Which names are one file.
    find . -type f -links +1 -printf '%i %p\n' | LC_ALL=C sort -k2 | awk '{ if (!($1 in n)) n[$1] = ++c; $1 = n[$1]; print }'
    if command -v getfattr >/dev/null; then find . -print0 | LC_ALL=C sort -z | xargs -0 getfattr -h -d -m - -e hex 2>/dev/null; fi
    if command -v getfacl >/dev/null; then find . ! -type l -print0 | LC_ALL=C sort -z | xargs -0 getfacl -n -p 2>/dev/null; fi
  )
}
a=$(mktemp) b=$(mktemp)
trap 'rm -f "$a" "$b"' EXIT
describe "$1" >"$a"
describe "$2" >"$b"
status=0
diff -a "$a" "$b" || status=1
diff -r --no-dereference -x pipe "$1" "$2" || status=1
exit $status
