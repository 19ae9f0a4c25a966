#!/bin/sh
printf 'Status: 302 Found\nContent-Type: text/plain\n\n'
