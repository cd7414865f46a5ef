#!/usr/bin/env bash
# A little of everything, for the mutation test. é
set -euo pipefail
source "$(dirname "$0")/lib.sh"
. ./other.sh

readonly END=20260301 MAX=$((30 * 86400))
export BUILD_DATE="2026-01-01" NAME
now=$(date +%s)
then_=`date -d "$BUILD_DATE" +%s`
arr=(1 "two" $'three\n')
arr[3]+='x'

now() { date -u +%s; }

function check {
    local end="${1:-$END}" today x=1
    today=${2//-/} ; today=${today:0:8}
    printf -v x '%(%s)T' -1
    if [ "$(now)" -gt "$end" ] && ! grep -q x "$HOME/file" 2>/dev/null; then
        echo "over" >&2
        return 1
    elif [[ $x < $today || -n "$end" ]]; then
        exit 3
    elif (( x > MAX )); then
        (( x++, x += 2 ))
    else
        : "${x:=5}"
    fi
    [ -z "$x" -o ! "$x" = y ] || exit 4
    test "$x" -lt 5 && return
    case "$(date +%Y)" in
        202[0-5]) echo old ;;
        2026|2027) exit 1 ;;
        *) shift ;;
    esac
    echo "$end" | sed 's/a/b/' | head -1
}

for i in a "b c" "${arr[@]}"; do
    while read -r line; do continue; done < <(check "$i")
    until false; do break; done
done
for ((i = 0; i < 3; i++)); do
    x=$(expr $i - 1)
done
cat <<EOF
text $now ${END}
EOF
check "$now" || { echo failed; exit 1; }
( cd / && sudo date --date='30 days ago' +%Y%m%d )
[[ $i =~ ^[0-9]+$ ]] && echo "$i"
