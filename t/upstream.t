# The module is the single writer of CORS headers: whatever the file, the CGI,
# the backend and mod_headers have set, each field comes once, with the value
# of the verdict, and Vary once, with the names of all.
#
# What there is besides CORS is known from the same URL under no policy.

use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my @sources = qw(static cgi proxy);

# All subsets of mod_headers' lines in upstream.conf.in: set, always set, add,
# always add, onsuccess set, merge of Vary.
my @lines = qw(s S a A o m);
my @subsets = map {
    my $set = $_;
    join('', map { $set & 1 << $_ ? $lines[$_] : () } 0 .. $#lines) || '-';
} 0 .. (1 << @lines) - 1;

my @keeps = (['cgi', '-'], ['proxy', '-'], ['case', '-'], ['static', 's'],
             ['static', 'S'], ['static', 'aA'], ['static', 'c'],
             ['cgi', 'sSaAo'], ['proxy', 'sSaAo']);
my @ours = (['static', '-'], ['other', '-'], ['part', '-'], ['static', 't']);

plan tests => 2 * @sources * 2 * @subsets * @origins + @subsets
    + 3 * @keeps * @origins + @ours * @origins + 84;

# The fields of a response that CORS has nothing to do with.  The time is now
# one and then another, and so is whether httpd knows a CGI's length.
my $apart = qr/^(?:Access-Control-.*|Vary
                   |Date|Content-Length|Transfer-Encoding)$/ix;

sub other_fields {
    my ($response) = @_;
    return join "\n", sort map { "$_->[0]: $_->[1]" }
        grep { $_->[0] !~ $apart } @{ $response->{fields} };
}

sub cors_fields {
    my ($response) = @_;
    return join "\n", map { "$_->[0]: $_->[1]" }
        grep { $_->[0] =~ /^(?:Access-Control|Timing)-/i }
        @{ $response->{fields} };
}

sub names { return sort map { lc } split /\s*,\s*/, join ',', @_ }

# The names in the Vary fields of a response, and more; each once.
sub vary_with {
    my ($response, @more) = @_;
    my %name = map { $_ => 1 } names(CorsTest::values($response, 'Vary'),
                                     @more);
    return %name ? join(', ', sort keys %name) : undef;
}

# A response with the names in each of its Vary fields in order, so that they
# can be compared.
sub sorted {
    my ($response) = @_;
    for my $field (grep { lc $_->[0] eq 'vary' } @{ $response->{fields} }) {
        $field->[1] = join ', ', names($field->[1]);
    }
    return $response;
}

# The URL under no policy: what there is without the module.
sub without {
    my ($rest) = @_;
    return get("/upstream/none/$rest", $app);
}

# What the policy "list" says to an origin.
sub verdict {
    my ($origin) = @_;
    return {} if !$origin || $origin ne $app;
    return { origin => $app, credentials => 'true', expose => 'X-Trace' };
}

sub called { return 'origin ' . ($_[0] // 'none') }

# 1. The matrix.
my %duplicates;
for my $source (@sources) {
    for my $result (qw(ok error)) {
        for my $subset (@subsets) {
            my $rest = "$source/$subset/$result";
            my $reference = without($rest);
            my $others = other_fields($reference);
            my ($timing) = CorsTest::values($reference, 'Timing-Allow-Origin');
            my $many = CorsTest::values($reference,
                                        'Access-Control-Allow-Origin');
            $duplicates{$source}++ if $many > 1;
            for my $origin (@origins) {
                my $response = get("/upstream/list/$rest", $origin);
                cors_is(sorted($response), $reference->{status},
                        { %{ verdict($origin) }, timing => $timing,
                          vary => vary_with($reference, 'Origin') },
                        "one field each: $rest, " . called($origin));
                is(other_fields($response), $others, '... others untouched');
            }
        }
    }
}
for my $source (@sources) {
    ok($duplicates{$source}, "without a policy there are duplicates: $source");
}
is(without('static/-/error')->{status}, 404, 'errors: 404 of a missing file');
is(without('cgi/-/error')->{status}, 500, '... 500 of a CGI');
is(without('proxy/-/error')->{status}, 500, '... 500 of a backend');
is(vary_with(without('cgi/m/ok')), 'accept-language, cookie, origin, x-merged',
   'Vary without a policy: the CGI and Header merge');

# 2. A preflight that the module answers.
for my $subset (@subsets) {
    my $vary = join ', ', names(qw(Origin Access-Control-Request-Method
        Access-Control-Request-Headers), $subset =~ /S/ ? 'X-Always' : ());
    cors_is(sorted(preflight("/upstream/list/cgi/$subset/ok", $app, 'GET')),
            204, { origin => $app, credentials => 'true', vary => $vary },
            "one field each on a preflight: $subset");
}

# 3. Names are the same in any case.
for my $rest ('case/-/ok', 'case/c/ok', 'static/c/ok', 'cgi/c/ok',
              'proxy/c/error') {
    my $reference = without($rest);
    for my $origin (@origins) {
        my ($timing) = CorsTest::values($reference, 'Timing-Allow-Origin');
        cors_is(sorted(get("/upstream/list/$rest", $origin)),
                $reference->{status},
                { %{ verdict($origin) }, timing => $timing,
                  vary => vary_with($reference, 'Origin') },
                "names in other cases: $rest, " . called($origin));
    }
}

# 4. Vary.
for my $rest (qw(static/-/ok static/S/ok static/sSm/ok cgi/-/ok cgi/m/error
                 proxy/-/ok)) {
    my $reference = without($rest);
    my ($timing) = CorsTest::values($reference, 'Timing-Allow-Origin');
    my ($vary) = CorsTest::values($reference, 'Vary');
    cors_is(get("/upstream/any/$rest", $app), $reference->{status},
            { origin => '*', timing => $timing, vary => $vary },
            "any-origin policy leaves Vary as it is: $rest");
}
for my $origin (@origins) {
    cors_is(get('/upstream/list/star/-/ok', $origin), 200,
            { %{ verdict($origin) }, vary => '*' },
            'Vary: * stays, ' . called($origin));
    cors_is(get('/upstream/list/star/m/ok', $origin), 200,
            { %{ verdict($origin) }, vary => '*' },
            '... beside other names, ' . called($origin));
}

# 5. Headers that come twice over, and from an error page.
for my $rest ('index/', 'static/d/error', 'static/dsSaAom/error') {
    my $reference = without($rest);
    my ($timing) = CorsTest::values($reference, 'Timing-Allow-Origin');
    like($reference->{body}, qr/^ok$/m, "$rest is sent");
    for my $origin (@origins) {
        cors_is(sorted(get("/upstream/list/$rest", $origin)),
                $reference->{status},
                { %{ verdict($origin) }, timing => $timing,
                  vary => vary_with($reference, 'Origin') },
                "one field each: $rest, " . called($origin));
    }
}

# 6. Statuses without a body of their own, or with a part of it.
for my $case ([304, 'If-None-Match' => '*'], [412, 'If-Match' => '"no"'],
              [206, Range => 'bytes=0-1'], [416, Range => 'bytes=1000-']) {
    my ($status, @fields) = @$case;
    for my $subset (qw(S A sSaAom)) {
        my $rest = "static/$subset/ok";
        my $reference = get("/upstream/none/$rest", $app, fields => [@fields]);
        for my $origin (@origins) {
            my $response = get("/upstream/list/$rest", $origin,
                               fields => [@fields]);
            cors_is(sorted($response), $status,
                    { %{ verdict($origin) },
                      vary => vary_with($reference, 'Origin') },
                    "one field each: $rest, $status, " . called($origin));
        }
    }
}

# 7. CorsUpstream Keep.
for my $case (@keeps) {
    my ($source, $subset) = @$case;
    my $rest = "$source/$subset/ok";
    my $reference = without($rest);
    for my $origin (@origins) {
        my $response = get("/upstream/keep/$rest", $origin);
        is(cors_fields($response), cors_fields($reference),
           "Keep leaves the upstream's: $rest, " . called($origin));
        is(other_fields($response), other_fields($reference),
           '... others untouched');
        is(join('|', CorsTest::values(sorted($response), 'Vary')),
           vary_with($reference, 'Origin'), '... Vary says Origin, once');
    }
}
# A preflight that the module answers has no upstream, whatever a Header line
# says.
my $preflight = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';
cors_is(preflight('/upstream/keep/static/S/ok', $origins[0], 'GET'), 204,
        { origin => $origins[0], credentials => 'true',
          vary => "X-Always,$preflight" },
        'Keep leaves nothing of others on a granted preflight');
cors_none(preflight('/upstream/keep/static/S/ok', 'https://c.example', 'GET'),
          403, "X-Always,$preflight",
          'Keep leaves nothing of others on a refused preflight');
for my $case (@ours) {
    my ($source, $subset) = @$case;
    my $reference = without("$source/$subset/ok");
    my ($timing) = CorsTest::values($reference, 'Timing-Allow-Origin');
    for my $origin (@origins) {
        cors_is(get("/upstream/keep/$source/$subset/ok", $origin), 200,
                { %{ verdict($origin) }, timing => $timing,
                  vary => 'Origin' },
                'Keep where the upstream has no Access-Control-Allow-Origin:'
                . " ours, $source/$subset, " . called($origin));
    }
}
