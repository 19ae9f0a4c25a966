#!/bin/sh
printf 'Content-Type: text/plain\n\nfront %s\n' "$REQUEST_URI"
