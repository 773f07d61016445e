# Makes in the current directory a tree with everything that a backup must keep. Parts that need root or a tool which
# is absent are left out, except on CI.
set -eu
optional() { "$@" 2>/dev/null || [ "${CI-}" != true ] || { echo "make-tree: failed: $*" >&2; exit 1; }; }

mkdir -p docs/deep/er empty private
printf 'hello\n' >docs/hello.txt
printf '' >docs/nothing
printf '{"a":1}\n' >docs/data.json
printf '#!/bin/sh\n' >run.sh && chmod 755 run.sh
head -c 3000000 /dev/urandom >docs/random.bin
cp docs/random.bin "docs/copy of random.bin"
head -c 5000000 /dev/zero >docs/zero.bin
i=0
while [ $i -lt 200 ]; do printf 'file %s\n' $i >docs/deep/er/f$i; i=$((i + 1)); done
chmod 600 private/../docs/nothing
chmod 700 private
printf 'set\n' >setuid && chmod 4755 setuid
printf 'set\n' >setgid && chmod 2711 setgid
mkdir sticky && chmod 1777 sticky

# Names: not UTF-8, a newline, the longest possible, composed and decomposed, leading dash, blanks, an escape sequence.
printf 'n\n' >"$(printf 'latin-\351-\377')"
printf 'n\n' >"$(printf 'new\nline')"
printf 'n\n' >"$(printf '%0255d' 7)"
printf 'n\n' >"$(printf '\303\251')" && printf 'n\n' >"$(printf 'e\314\201')"
printf 'n\n' >./-rf && printf 'n\n' >' blank ' && printf 'n\n' >"$(printf '\033[31mred')"

ln docs/hello.txt hard1 && ln docs/hello.txt docs/deep/hard2
ln -s docs/hello.txt link && ln -s /nonexistent/target dangling && ln -s . self
ln -s "$(printf 'latin-\351')" "$(printf 'link-\351')"
mkfifo pipe && chmod 640 pipe

# A hole of 64 MiB with data on both sides.
printf 'begin' >sparse
dd if=/dev/zero of=sparse bs=1 count=0 seek=64M 2>/dev/null
printf 'end' >>sparse

if [ "$(id -u)" = 0 ]; then
  chown 12345:54321 docs/data.json
  chown -h 12345:54321 link
fi
optional setfattr -n user.comment -v 'a note' docs/hello.txt
optional setfattr -n user.binary -v 0x00ff0a0d docs/deep
if [ "$(id -u)" = 0 ]; then
  optional setfattr -n trusted.mark -v secret docs/data.json
  optional setfattr -h -n trusted.mark -v onlink link
fi
optional setfacl -m u:12345:rwx docs/random.bin
optional setfacl -d -m g:54321:rx docs/deep

touch -d '1969-12-31 23:59:58.123456789 UTC' docs/nothing
touch -d '2001-02-03 04:05:06.987654321 UTC' docs/data.json
touch -h -d '2002-02-03 04:05:06.000000001 UTC' dangling
touch -d '2003-02-03 04:05:06.000000999 UTC' empty docs/deep
