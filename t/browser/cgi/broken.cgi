#!/bin/sh
# No header: httpd answers 500 of its own.
