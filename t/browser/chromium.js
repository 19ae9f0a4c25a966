'use strict';
require('./run')('chromium');
