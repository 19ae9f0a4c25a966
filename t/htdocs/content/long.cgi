#!/bin/sh
# Several brigades, each sent off on its own.
printf 'Content-Type: text/plain\nAccess-Control-Allow-Origin: *\nVary: Cookie\n\n'
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    printf '%8000d\n' "$i"
done
