#!/bin/sh
# Answers every method, as an application that knows nothing of CORS.
body="answered $REQUEST_METHOD"
printf 'Content-Type: text/plain\nContent-Length: %s\n' $((${#body} + 1))
printf 'X-Handler: %s\n\n%s\n' "$REQUEST_METHOD" "$body"
