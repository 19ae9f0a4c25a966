#!/bin/sh
# Shows what a handler sees of the verdict.
printf 'Content-Type: text/plain\n\n'
env | grep -E '^(HTTP_X_)?CORS_' | sort
:
