# Section 3.2: Access-Control-Expose-Headers.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $a = 'https://a.example';

# What a response of the CGI really has beyond the fields that browsers show
# or hide anyway.
my @all = qw(ETag X-Rate-Limit X-RATE-Secret X-Internal-Host Link X-Always
             Date Server Vary);

# policy; wanted without credentials and with them: names, or a string as is
my @table = (
    ['all', '*', \@all],
    ['mixed', '*', ['X-Not-There', @all]],
    ['plain', 'X-Not-There, ETag', 'X-Not-There, ETag'],
    ['prefix', [qw(ETag X-Rate-Limit X-RATE-Secret)],
     [qw(ETag X-Rate-Limit X-RATE-Secret)]],
    ['allbut', [qw(ETag X-Rate-Limit Link X-Always Date Vary)],
     [qw(ETag X-Rate-Limit Link X-Always Date Vary)]],
    ['prefixbut', [qw(X-Rate-Limit)], [qw(X-Rate-Limit)]],
    ['plainbut', 'ETag', 'ETag'],
    ['none', undef, undef],
);

# What is asked of a file with a Content-Encoding, and the status.
my @asked = (['GET', 200], ['HEAD', 200], ['GET', 304, 'If-None-Match' => '*'],
             ['GET', 206, Range => 'bytes=0-1'], ['DELETE', 405]);
my %encoding = map { $_ => 1 } 200, 206;

plan tests => 4 * @table + 7 + 8 * @asked;

# The names are told in the order of the response's fields, which is httpd's
# own affair: compare them as a set that has each name once.
sub exposed {
    my ($response) = @_;
    my @fields = CorsTest::values($response, 'Access-Control-Expose-Headers');
    return join ' | ', map { join ', ', sort split /, /, $_ } @fields;
}

sub wanted {
    my ($names) = @_;
    return '' unless defined $names;
    return join ', ', sort ref $names ? @$names : split /, /, $names;
}

for my $row (@table) {
    my ($policy, $plain, $credentials) = @$row;
    for (['plain', $plain], ['cred', $credentials]) {
        my ($how, $names) = @$_;
        my $response = get("/expose/$policy/$how", $a);
        is(exposed($response), wanted($names), "$policy, $how: the names");
        my @values = CorsTest::values($response,
                                      'Access-Control-Allow-Credentials');
        is("@values", $how eq 'cred' ? 'true' : '', "$policy, $how");
    }
}

is(exposed(get('/expose/all/file/cred', $a)),
   wanted([qw(Accept-Ranges ETag X-Always Date Server Vary)]),
   'a static file: the names of its own fields');
is(exposed(get('/expose/all/file/cred', $a, fields => [Range => 'bytes=0-1'])),
   wanted([qw(Accept-Ranges Content-Range ETag X-Always Date Server Vary)]),
   'a range: Content-Range, which httpd adds last, is among them');
# Exclusions and prefixes know of the encoding, where the response has it.
for (@asked) {
    my ($method, $status, @fields) = @$_;
    for my $how ('', '/cred') {
        my ($with, $without, $prefix) = map {
            request(method => $method, path => "/expose/$_/packed$how",
                    fields => [Origin => $a, @fields])
        } qw(encoding noencoding encodings);
        my $name = "a file with an encoding$how: $method @fields";
        my $is_there = join '|', CorsTest::values($with, 'Content-Encoding');
        is("$with->{status} $is_there",
           $status . ($encoding{$status} ? ' x-compressed' : ' '), $name);
        my %has = map { $_->[0] => 1 } grep { $_->[0] !~ /^(?:Date|Expires
            |Last-Modified|Content-(?:Type|Length)|Connection
            |Access-Control-.*)$/x } @{ $with->{fields} };
        is(exposed($with), join(', ', sort keys %has),
           "$name: the names of what is there");
        delete $has{'Content-Encoding'};
        is(exposed($without), join(', ', sort 'Date', keys %has),
           "$name: all but its own");
        is(exposed($prefix), join(', ', map { "Content-$_" }
                                  $encoding{$status} ? 'Encoding' : (),
                                  $status == 206 ? 'Range' : ()),
           "$name: by a prefix");
    }
}
is(exposed(get('/expose/all/cred', 'https://c.example')), '',
   'a refused origin is told no names');
is(exposed(get('/expose/all/cred')), '', 'no Origin: no names');
is(exposed(get('/expose/any/plain')), 'X-Rate-Limit',
   'any origin, no Origin: names from the response');
is(exposed(get('/expose/any/plain', $a)), 'X-Rate-Limit',
   'any origin, an Origin: the same names');
is(exposed(preflight('/expose/plain/plain', $a, 'GET')), '',
   'a preflight is not told what is exposed');
