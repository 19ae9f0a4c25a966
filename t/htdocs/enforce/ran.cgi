#!/bin/sh
# Leaves a line where the test looks for it.
echo "$REQUEST_METHOD" >> "$DOCUMENT_ROOT/../logs/enforce_ran"
printf 'Content-Type: text/plain\n\nran\n'
