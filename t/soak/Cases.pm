# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

package Cases;

# What t/soak.pl asks, and what has to be answered under each of two policies.

use strict;
use warnings;

my $app = 'https://app.example';
my $sub = 'https://x.sub.example';
my $web = 'https://web.example';
my $acr = 'Access-Control-Request';
my $preflight_vary = "$acr-Method,$acr-Headers";

# The policies, as they are written.
my %text = (
    A => <<"CONF",
CorsAllowOrigin $app https://*.sub.example
CorsAllowCredentials On
CorsAllowMethods PUT DELETE
CorsAllowHeaders X-One
CorsExposeHeaders X-Two
CorsMaxAge 600
CONF
    B => <<"CONF",
CorsAllowOrigin $web
CorsAllowOriginMatch "https://[a-z]+\\.sub\\.example"
CorsAllowMethods PATCH
CorsAllowHeaders X-*
CorsTimingAllowOrigin On
CONF
);

# And what they say: origins, methods, and the fields that they cause.
my %says = (
    A => {
        origins => { $app => 1, $sub => 1 },
        methods => { PUT => 1, DELETE => 1 },
        headers => qr/\A(?:x-one)?\z/i,
        actual => sub { return (
            'access-control-allow-credentials' => 'true',
            'access-control-expose-headers' => 'X-Two',
        ) },
        preflight => sub { return (
            'access-control-allow-credentials' => 'true',
            'access-control-allow-methods' => 'PUT, DELETE',
            'access-control-allow-headers' => 'X-One',
            'access-control-max-age' => 600,
        ) },
    },
    B => {
        origins => { $web => 1, $sub => 1 },
        methods => { PATCH => 1 },
        headers => qr/\A(?:x-[^,]*(?:,x-[^,]*)*)?\z/i,
        actual => sub { return ('timing-allow-origin' => $_[0]) },
        preflight => sub {
            my ($headers) = @_;
            return (
                'access-control-allow-methods' => 'PATCH',
                $headers ? ('access-control-allow-headers' =>
                            lc $headers =~ s/,/, /gr) : (),
            );
        },
    },
);

sub policy { return $text{$_[0]} }

# What is wanted, as the clients read it.
sub wanted {
    my ($status, %fields) = @_;
    return "$status|" . join '|', map { "$_: $fields{$_}" } sort keys %fields;
}

# What is wanted under a policy for a request with an origin, or without.
sub actual {
    my ($letter, $status, $origin, %of) = @_;
    my $says = $says{$letter};
    my %fields = (vary => 'Origin');
    if (defined $origin && $says->{origins}{$origin}) {
        %fields = (%fields, $says->{actual}($origin),
                   'access-control-allow-origin' => $origin);
    }
    elsif (defined $origin && $of{enforce}) {
        $status = 403;
    }
    return wanted($status, %fields);
}

sub refused { return wanted(403, vary => "Origin,$preflight_vary") }

sub preflight {
    my ($letter, $origin, $method, $headers) = @_;
    my $says = $says{$letter};
    my %fields = (vary => "Origin,$preflight_vary");
    if ($says->{origins}{$origin}
        && ($says->{methods}{$method} || $method =~ /^(?:GET|HEAD|POST)\z/)
        && ($headers // '') =~ $says->{headers}) {
        return wanted(204, %fields, $says->{preflight}($headers),
                      'access-control-allow-origin' => $origin);
    }
    return refused();
}

my @cases;

# A case: name, flags, request, and what is wanted under A and B.
sub add {
    my (@case) = @_;
    $case[2] =~ s/\\/\\\\/g;
    $case[2] =~ s/\r/\\r/g;
    $case[2] =~ s/\n/\\n/g;
    $case[2] =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
    push @cases, join "\t", @case;
    return;
}

sub request {
    my ($method, $path, @fields) = @_;
    my $text = "$method $path HTTP/1.1\r\nHost: localhost\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    return "$text\r\n";
}

sub origin { return defined $_[0] ? (Origin => $_[0]) : () }

sub both {
    my ($want, @of) = @_;
    return map { $want->($_, @of) } qw(A B);
}

sub all {
    # Well-formed or not; what over 40 bytes has is told by its length.
    my @origins = ($app, $sub, $web, undef, 'null', 'https://evil.example',
        "$app.evil.example", 'https://evilapp.example', 'HTTPS://app.example',
        "$app/", "$app, $web", 'https://x@app.example',
        "https://\xc3\xa9.example",
        'https://' . 'a' x 600 . '.sub.example', 'x' x 7000, ',' x 4000);
    # Who answers: the status of what is no preflight.
    my %places = ('/list' => 200, '/auth' => 401, '/missing' => 404,
                  '/gone' => 410, '/moved' => 302, '/forbidden' => 403,
                  '/back' => '200,500,502,503', '/own/' => 200,
                  '/broken/' => 500, '/enforce' => 200);
    for my $path (sort keys %places) {
        for my $origin (@origins) {
            my @of = ($places{$path}, $origin, enforce => $path eq '/enforce');
            my $name = substr "$path " . ($origin // 'no Origin'), 0, 40;
            add("$_ $name", 2, request($_, $path, origin($origin)),
                both(\&actual, @of)) for qw(GET HEAD);
        }
        next if $path eq '/broken/';
        for my $asked ([PUT => undef], [PUT => 'x-one'], [PATCH => 'x-a,x-b'],
                       [PATCH => undef], [put => undef], [TRACE => undef],
                       [GET => 'x-one'], [PUT => 'x-one,x-two'],
                       [DELETE => 'authorization'], [PUT => 'x' . 'y' x 6000],
                       [PATCH => join ',', ('x-y') x 256],
                       [PATCH => join ',', ('x-y') x 257],
                       [PUT => '(' x 100]) {
            my ($method, $headers) = @$asked;
            for my $origin ($app, $sub, $web, 'null', "$app.evil.example",
                            'junk') {
                my $is_long = $headers && $headers =~ tr/,// > 255;
                my $want = $is_long ? \&refused : \&preflight;
                add(substr("preflight $path $origin $method "
                           . ($headers // ''), 0, 60), 2,
                    request(OPTIONS => $path, Origin => $origin,
                            "$acr-Method" => $method,
                            defined $headers ? ("$acr-Headers" => $headers)
                                             : ()),
                    both($want, $origin, $method, $headers));
            }
        }
    }
    others();
    return join '', map { "$_\n" } @cases;
}

# Any origin or none at all; what only HTTP/1 can say.
sub others {
    my %star = ('access-control-allow-origin' => '*',
                'access-control-expose-headers' => '*');
    for my $origin ($app, 'junk', undef) {
        add('any ' . ($origin // ''), 2, request(GET => '/any',
                                                 origin($origin)),
            wanted(200, %star), wanted(200));
    }
    add('any, preflight', 2,
        request(OPTIONS => '/any', Origin => $app, "$acr-Method" => 'PUT'),
        wanted(204, 'access-control-allow-origin' => '*',
               'access-control-allow-methods' => '*',
               vary => $preflight_vary), wanted(200));
    # Warnings that are logged once, differences too.
    for my $origin ($app, 'null', undef) {
        add("hazard $_ " . ($origin // ''), 2,
            request(GET => "/hazard/$_/", origin($origin)),
            (wanted(200, 'access-control-allow-origin' => '*')) x 2)
            for 1 .. 30;
        add('report only ' . ($origin // ''), 2,
            request(GET => '/report', origin($origin)), (wanted(200)) x 2);
    }
    for my $body ("Content-Length: 5\r\n\r\nhello",
                  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") {
        my $head = request(OPTIONS => '/list', Origin => $app,
                           "$acr-Method" => 'PUT') =~ s/\r\n\z//r;
        add('a preflight with a body', '', $head . $body,
            both(\&preflight, $app, 'PUT', undef));
    }
    my @refused = both(sub { wanted(400, vary => 'Origin') });
    add('a space behind Origin', 'L',
        request(GET => '/list', 'Origin ' => $app), @refused);
    add('a control octet', 'L',
        request(GET => '/list', Origin => "$app\x01"), @refused);
    add('a field that is too long', 'L',
        request(GET => '/list', X => 'x' x 9000, Origin => $app), @refused);
    add('an URL that is too long', 'L',
        request(GET => '/list' . 'x' x 9000, Origin => $app),
        wanted(414), wanted(414));
    for my $origin ($app, $sub, $web, undef, 'null') {
        add('HTTP/1.0 ' . ($origin // ''), 'L',
            request(GET => '/list', origin($origin)) =~ s{1\.1}{1.0}r,
            both(\&actual, 200, $origin));
        add('two fields ' . ($origin // ''), '',
            request(GET => '/list', origin($origin), Origin => 'null'),
            both(\&actual, 200, defined $origin ? 'two' : 'null'));
        add('compressed ' . ($origin // ''), 2,
            request(GET => '/gzip', origin($origin),
                    'Accept-Encoding' => 'gzip'),
            map { s/Origin/Accept-Encoding,Origin/r }
            both(\&actual, 200, $origin));
    }
    return;
}

1;
