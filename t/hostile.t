# Input that no browser sends: refused, nothing of it echoed, no crash, and
# the server goes on answering.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $a = 'https://a.example';
my $vary = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';
my @of = (vhost => 'hostile');

# Origins: name => value.
my @origins = (
    'empty' => '',
    'two in one field' => "$a https://x.b.example",
    'two, by a comma' => "$a, https://x.b.example",
    'the same twice' => "$a, $a",
    'a trailing slash' => "$a/",
    'a path' => "$a/x",
    'a query' => "$a?x",
    'a fragment' => "$a#x",
    'a backslash' => "$a\\x",
    'user information' => 'https://a.example@evil.example',
    'user information before it' => 'https://evil.example@a.example',
    'capitals in the host' => 'https://A.example',
    'capitals in the scheme' => 'HTTPS://a.example',
    'no scheme' => 'a.example',
    'no slashes' => 'https:a.example',
    'one slash' => 'https:/a.example',
    'three slashes' => 'https:///a.example',
    'an empty host' => 'https://',
    'an empty label' => 'https://x..b.example',
    'a leading dot' => 'https://.b.example',
    'a wildcard' => 'https://*.b.example',
    'a star' => '*',
    'an empty port' => 'https://a.example:',
    'port 0' => 'http://x.b.example:0',
    'port 65536' => 'http://x.b.example:65536',
    'a port with a leading zero' => 'http://x.b.example:080',
    'a port with a sign' => 'http://x.b.example:+80',
    'a port of 30 digits' => 'http://x.b.example:' . '1' x 30,
    'a port and a path' => 'http://x.b.example:80/',
    'two ports' => 'http://x.b.example:80:80',
    'null and more' => 'nullx',
    'Null' => 'Null',
    'a tab within' => "https://x\t.b.example",
    'bytes above 127' => "https://\xc3\xa9.b.example",
    'percent-encoding' => 'https://%61.b.example',
    'an encoded NUL' => 'https://a.example%00.c.example',
    'encoded CRLF' => 'https://a.example%0d%0aSet-Cookie:x=y',
    'brackets' => 'https://[a.example]',
    'an unclosed bracket' => 'https://[::1',
    'quotes and markup' => 'https://"><script>.b.example',
    'a format string' => 'https://%n%s.b.example',
    '513 bytes' => 'https://' . 'a' x (513 - 18) . '.b.example',
    '8 KB' => 'https://' . 'a' x 8000 . '.b.example',
    '8 KB of dots' => 'https://' . '.' x 8000 . 'b.example',
    '8 KB of labels' => 'https://' . 'a.' x 4000 . 'b.example',
    '8 KB of commas' => ',' x 8000,
    '8 KB of scheme' => 'a' x 8000 . '://b.example',
);

# Origins that look like allowed ones: well-formed, refused.
my @others = (
    'a suffix glued on' => 'https://a.example.evil.example',
    'a prefix glued on' => 'https://evila.example',
    'a prefix glued on a pattern' => 'https://evilb.example',
    'the pattern as a label' => 'https://b.example.evil.example',
    'a dot replaced' => 'https://xcxexample',
    'the expression as a part' => 'https://x.c.example.evil.example',
    'a trailing dot' => 'https://a.example.',
    'another scheme' => 'ftp://x.b.example',
    'a longer scheme' => 'xhttps://x.b.example',
    'an address' => 'https://[::1]',
);

# Access-Control-Request-Headers that are refused.
my @headers = (
    'a space within' => 'x-one x-two',
    'a colon' => 'x-one:',
    'a quote' => '"x-one"',
    'a tab within' => "x-one\tx-two",
    'a semicolon' => 'x-one;x-two',
    'a slash' => 'x/one',
    'bytes above 127' => "x-\xc3\xa9",
    '257 names' => join(',', ('x') x 257),
    '8 KB of names' => join(',', ('x') x 4000),
    '8 KB of commas' => ',' x 8000,
    '8 KB of spaces and commas' => ' ,' x 4000,
    'junk after 8 KB of a name' => 'x' x 8000 . '(',
    'encoded CRLF' => 'x-one%0d%0aX: (y)',
);

my @methods = (
    'a space within' => 'PU T',
    'a comma' => 'PUT,DELETE',
    'a colon' => 'PUT:',
    'bytes above 127' => "P\xc3\xa9",
    'junk after 8 KB' => 'A' x 8000 . '(',
);

# Octets that may not stand in a field at all: httpd answers 400 itself.
my @octets = map { [sprintf('0x%02x', $_), chr $_] } 1 .. 8, 11, 12, 14, 31;

plan tests => @origins + @others / 2 + @headers / 2 + @methods / 2 + 2 * @octets
    + 9;

while (my ($name, $value) = splice @origins, 0, 2) {
    cors_none(get('/', $value, @of), 200, 'Origin', "Origin: $name");
    cors_none(preflight('/', $value, 'PUT', 'x-one', @of), 403, $vary,
              "Origin of a preflight: $name");
}
while (my ($name, $value) = splice @others, 0, 2) {
    cors_none(get('/', $value, @of), 200, 'Origin', "Origin: $name");
}
while (my ($name, $value) = splice @headers, 0, 2) {
    cors_none(preflight('/', $a, 'PUT', $value, @of), 403, $vary,
              "Access-Control-Request-Headers: $name");
}
while (my ($name, $value) = splice @methods, 0, 2) {
    cors_none(preflight('/', $a, $value, undef, @of), 403, $vary,
              "Access-Control-Request-Method: $name");
}
for (@octets) {
    my ($name, $octet) = @$_;
    my $response = get('/', "$a${octet}X: y", @of);
    is($response->{status}, 400, "an Origin with $name is no request");
    unlike($response->{text}, qr/Access-Control|^X: y/m,
           "and nothing of it comes back");
}

# Two fields reach modules as one list, which is no origin.
cors_none(get('/', $a, @of, fields => [Origin => $a]), 200, 'Origin',
          'two Origin fields, the same');
cors_none(get('/', $a, @of, fields => [Origin => 'null']), 200, 'Origin',
          'two Origin fields');
cors_none(get('/', 'null', @of, fields => [origin => $a]), 200, 'Origin',
          'two Origin fields, the allowed one last');

# A line break in a field is another field to HTTP, and never comes back.
my $split = get('/', "$a\r\nX-Injected: yes", @of);
is(scalar(CorsTest::values($split, 'X-Injected')), 0,
   'a line break in Origin injects nothing');
is(get('/', "$a\n https://x.b.example", @of)->{status}, 400,
   'a folded Origin is no request');

# The largest that is allowed still is.
my $long = 'https://' . 'a' x (512 - 18) . '.b.example';
is(length $long, 512, 'an origin of 512 bytes');
is(join('|', CorsTest::values(get('/', $long, @of),
                              'Access-Control-Allow-Origin')), $long,
   'is allowed by a pattern');
my $names = join ',', map { "x-$_" } 1 .. 256;
is(preflight('/', $a, 'PUT', $names, @of)->{status}, 204,
   '256 header names are granted');

cors_is(get('/', $a, @of), 200,
        { origin => $a, credentials => 'true', vary => 'Origin',
          expose => join(', ', CorsTest::values(get('/', $a, @of),
                               'Access-Control-Expose-Headers')) },
        'after all of that the server answers as before');
