#!/bin/sh
# One event with what has come, then the end.
case ${HTTP_COOKIE:-} in
*"${QUERY_STRING#t=}="*) cookie=cookie ;;
*) cookie=none ;;
esac
printf 'Content-Type: text/event-stream\nCache-Control: no-store\n\n'
printf 'data: event %s\n\n' "$cookie"
