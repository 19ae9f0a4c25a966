#!/bin/sh
printf 'Access-Control-Allow-Origin: *\nVary: Cookie\n'
printf 'Content-Type: text/plain\n\nrun %s\n' "$REQUEST_METHOD"
