#!/bin/sh
# End without a header.
exit 0
