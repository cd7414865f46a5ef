#!/bin/sh
# Makes the seeds of archives, stores and documents. Needs the tools that it names.
set -e
cd "$(dirname "$0")/seeds"
fixtures=../../tests/fixtures
work=$(mktemp -d)
mkdir -p archive pkcs12 plist axml yaml json toml xml date "$work/tree/a"
cp $fixtures/credential/leaf.pem "$work/tree/a/ca.pem"
out=$PWD
(
    cd "$work"
    zip -qr "$out/archive/a.zip" tree
    tar cf - tree | gzip -n > "$out/archive/a.tgz"
    tar cf - tree | xz > "$out/archive/a.txz"
    tar cf - tree | zstd -q > "$out/archive/a.tzst"
    tar cf - tree | bzip2 > "$out/archive/a.tbz2"
    find tree | cpio -o -H newc --quiet > "$out/archive/a.cpio"
    ar rc "$out/archive/a.ar" tree/a/ca.pem
    7z a -bd "$out/archive/a.7z" tree > /dev/null
    mksquashfs tree "$out/archive/a.squashfs" -quiet -no-progress -noappend -nopad
    genisoimage -quiet -R -J -no-pad -o "$out/archive/a.iso" tree
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -subj /CN=seed -days 3650 -out cert.pem 2> /dev/null
    openssl pkcs12 -export -nokeys -in cert.pem -certpbe NONE -nomac -passout pass: -out "$out/pkcs12/a.p12"
    mkdir -p res/xml
    printf '<a><pin-set expiration="2031-03-04">x</pin-set></a>' > res/xml/a.xml
    printf '<manifest package="org.seed"/>' > AndroidManifest.xml
    aapt package -f -M AndroidManifest.xml -S res -F a.apk
    unzip -qp a.apk res/xml/a.xml > "$out/axml/a.xml"
)
python3 - <<'END'
import datetime, plistlib
value = {"LicenseExpires": datetime.datetime(2031, 3, 4), "list": [1, 2.5, True, b"x", "\u00fc"]}
plistlib.dump(value, open("plist/a.plist", "wb"), fmt=plistlib.FMT_BINARY)
END
printf 'license:\n  expires: 2031-03-04\n  list: [a, "b", {c: 2031-03-04T05:06:07Z}]\n---\n&x a: *x\n' > yaml/a.yaml
printf '{"expires": "2031-03-04", /* c */ "list": [1, 2.5e3, null, {"exp": 1930000000}]}' > json/a.json
printf '[license]\nexpires = 2031-03-04\nlist = [1, "a", { b = 2031-03-04T05:06:07Z }]\n' > toml/a.toml
printf '<?xml version="1.0"?>\n<a expires="2031-03-04"><b>x &amp; y</b><!-- c --><![CDATA[d]]></a>' > xml/a.xml
printf '2031-03-04T05:06:07.089+02:00\n4 March 2031\nTue, 4 Mar 2031 05:06:07 GMT\n20310304050607Z\nafter Q2 2031\n' > date/a.txt
rm -r "$work"
