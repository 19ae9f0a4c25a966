<?php
// An application with CORS headers of its own, and the status that its URL
// ends in.
preg_match('~(\d+)$~', $_SERVER['REQUEST_URI'], $last);
file_put_contents($_SERVER['SEEN'],
    "php $_SERVER[REQUEST_METHOD] $_SERVER[REQUEST_URI]\n", FILE_APPEND);
header('Access-Control-Allow-Origin: https://own.example');
header('Access-Control-Allow-Origin: *', false);
header('Access-Control-Allow-Credentials: true');
header('Access-Control-Allow-Methods: DELETE');
header('Vary: Accept-Language');
header('Vary: Cookie', false);
if ($last[1] == 302) {
    header('Location: https://elsewhere.example/');
}
if ($last[1] == 401) {
    header('WWW-Authenticate: Basic realm="app"');
}
header('X-App: php');
header('Content-Type: text/plain');
if ($last[1] == 599) {
    throw new Exception('as an application does');
}
http_response_code((int)$last[1]);
echo "php $_SERVER[REQUEST_METHOD]\n";
