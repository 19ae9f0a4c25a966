<?php
// A front controller.
require __DIR__ . '/../app.php';
