#!/bin/sh
# An application that sends CORS headers of its own.
cat <<'HEAD'
Status: 203 Mine
Content-Type: text/plain
Content-Length: 5
Access-Control-Allow-Origin: https://mine.example
Access-Control-Allow-Methods: MINE
Timing-Allow-Origin: https://mine.example
Vary: X-Mine

HEAD
echo mine
