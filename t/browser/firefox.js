'use strict';
require('./run')('firefox');
