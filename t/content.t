# The modules that make, find and change content: whatever they do, an actual
# request has the headers of the policy once, and a preflight meets none of
# them.  t/status.t has the statuses of what httpd is used for every day; here
# are the neighbours that it has not.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my @origins = ($app, $evil, undef);
my $htdocs = vars('t_dir') . '/htdocs';
my $files = "$htdocs/content";

my @modules = qw(access_compat authz_host alias mime mime_magic env filter
    headers expires deflate brotli substitute sed ext_filter buffer ratelimit
    data include negotiation speling userdir dir autoindex actions asis
    imagemap cern_meta usertrack cgid);

# /list/ has a policy, /any/ another, /enforce/ one that would refuse what is
# included, /star/ exposes all; /none/ shows what there is without a policy.
my $server = private_httpd(<<"CONF", modules => \@modules);
DefaultRuntimeDir .
ScriptSock cgisock
TypesConfig /etc/mime.types
MimeMagicFile $files/magic/types
AliasMatch "^/(?:list|none|any|enforce|star)/(?:=\\w+/)?(.*)\$" $files/\$1
ScriptAlias /cgi $htdocs/upstream/fields.cgi
UserDir $files/users/*/www
ExtFilterDefine upper mode=output cmd="/usr/bin/tr a-z A-Z"
ExpiresDefault A600
DeflateAlterETag NoChange
<Directory $htdocs>
    Options +ExecCGI +Includes +MultiViews +Indexes
    AllowOverride FileInfo
    AddHandler cgi-script .cgi
    AddHandler type-map .var
    AddHandler send-as-is .asis
    AddHandler imap-file .map
    AddHandler run .run
    Action run /none/run/run.cgi
    AddOutputFilter INCLUDES .shtml
    AddLanguage de .de
    AddLanguage fr .fr
    AddType text/html .var
</Directory>
<Location /list>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsAllowMethods PUT
    CorsExposeHeaders X-Trace
</Location>
<Location /star>
    CorsAllowOrigin $app
    CorsAllowCredentials On
    CorsExposeHeaders *
</Location>
<Location /any>
    CorsAllowOrigin *
</Location>
<Location /enforce>
    CorsAllowOrigin None
    CorsEnforce On
</Location>

# The way to the same files is in the path.
<LocationMatch "/=gzip/">
    AddOutputFilterByType DEFLATE text/plain
</LocationMatch>
<LocationMatch "/=br/">
    AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/plain
</LocationMatch>
<LocationMatch "/=both/">
    SetOutputFilter BROTLI_COMPRESS;DEFLATE
    Header always set Vary Cookie
    Header append Vary Origin
    Header add Vary Accept-Encoding
</LocationMatch>
FilterDeclare asked
FilterProvider asked DEFLATE "%{req:X-Gzip} == 'yes'"
<LocationMatch "/=asked/">
    FilterChain =asked
</LocationMatch>
<LocationMatch "/=substitute/">
    AddOutputFilterByType SUBSTITUTE text/plain
    Substitute s/plain/changed/
</LocationMatch>
<LocationMatch "/=sed/">
    SetOutputFilter SED
    OutputSed s/plain/changed/
</LocationMatch>
<LocationMatch "/=upper/">
    SetOutputFilter upper
</LocationMatch>
<LocationMatch "/=buffer/">
    SetOutputFilter BUFFER;RATE_LIMIT
    SetEnv rate-limit 1000
</LocationMatch>
<LocationMatch "/=data/">
    SetOutputFilter DATA
</LocationMatch>
<LocationMatch "/=expires/">
    ExpiresActive On
    CookieTracking On
</LocationMatch>
<LocationMatch "/=meta/">
    MetaFiles On
    MetaDir .
</LocationMatch>
<LocationMatch "/=ssi/">
    ErrorDocument 404 /none/ssi/cgi.shtml
</LocationMatch>
<LocationMatch "/=denied/">
    Require all denied
</LocationMatch>
<LocationMatch "/=406/">
    ErrorDocument 406 /any/plain.txt
</LocationMatch>
<LocationMatch "/=index/">
    DirectoryIndexRedirect permanent
</LocationMatch>
<LocationMatch "/=put/">
    Script PUT /none/run/run.cgi
</LocationMatch>
<LocationMatch "/spell/">
    CheckSpelling On
</LocationMatch>
<LocationMatch "/dir/\$">
    DirectoryIndex index.html
</LocationMatch>
<LocationMatch "/listing/">
    IndexOptions FancyIndexing
    ReadmeName README.html
</LocationMatch>
CONF

# A file that has just been changed has a weak validator.
utime 1e9, 1e9, glob "$files/*.txt";

my $now = get('/none/plain.txt', undef, port => $server->port);
my ($etag) = CorsTest::values($now, 'ETag');
my ($long) = CorsTest::values(get('/none/long.txt', undef,
                                  port => $server->port), 'ETag');
my ($modified) = CorsTest::values($now, 'Last-Modified');
my $past = 'Sat, 01 Jan 2000 00:00:00 GMT';
my @gzip = ('Accept-Encoding' => 'gzip');
my @br = ('Accept-Encoding' => 'br, gzip');

# A name, a path below /list/ or of its own, the status, and options: fields of
# the request; method; body; Vary, besides Origin; is, what the answer to the
# allowed origin has, a field and a pattern or a pattern of its body; hidden,
# the CORS fields that the response has without a policy.
my @rows = (
    # Encodings.
    ['mod_deflate', '=gzip/long.txt', 200, fields => \@gzip,
     vary => ['accept-encoding'], is => ['Content-Encoding', qr/^gzip$/]],
    ['mod_deflate, an encoding that it has not', '=gzip/long.txt', 200,
     vary => ['accept-encoding'], is => qr/^A text/],
    ['mod_deflate, 304', '=gzip/long.txt', 304,
     fields => [@gzip, 'If-None-Match' => $long], is => qr/^$/],
    ['mod_deflate, HEAD', '=gzip/long.txt', 200, fields => \@gzip,
     method => 'HEAD', vary => ['accept-encoding'], is => qr/^$/],
    ['mod_brotli', '=br/long.txt', 200, fields => \@br,
     vary => ['accept-encoding'], is => ['Content-Encoding', qr/^br$/]],
    ['mod_brotli, then mod_deflate', '=br/long.txt', 200, fields => \@gzip,
     vary => ['accept-encoding'], is => ['Content-Encoding', qr/^gzip$/]],
    ['both, and mod_headers says Vary three times', '=both/long.txt', 200,
     fields => \@br, vary => [qw(accept-encoding cookie)],
     is => ['Content-Encoding', qr/^br$/]],
    ['mod_deflate of a CGI with Vary of its own', '=gzip/long.cgi', 200,
     fields => \@gzip, vary => [qw(accept-encoding cookie)], hidden => 1,
     is => ['Content-Encoding', qr/^gzip$/]],
    ['FilterProvider by a header', '=asked/long.txt', 200,
     fields => [@gzip, 'X-Gzip' => 'yes'],
     vary => [qw(accept-encoding x-gzip)],
     is => ['Content-Encoding', qr/^gzip$/]],

    # Filters.
    ['mod_substitute', '=substitute/plain.txt', 200, is => qr/^changed$/],
    ['mod_sed', '=sed/plain.txt', 200, is => qr/^changed$/],
    ['mod_ext_filter', '=upper/plain.txt', 200, is => qr/^PLAIN$/],
    ['mod_buffer, mod_ratelimit', '=buffer/plain.txt', 200, is => qr/^plain$/],
    ['mod_data', '=data/plain.txt', 200, is => qr{^data:text/plain;base64,}],
    ['mod_expires, mod_usertrack', '=expires/plain.txt', 200,
     is => ['Expires', qr/GMT$/]],

    # Server-side includes.
    ['SSI of a CGI with CORS headers, of other policies', 'ssi/cgi.shtml', 200,
     is => qr/ok\n+plain\n+plain\n+part\n+verdict granted/],
    ['SSI, first of all a long CGI', 'ssi/long.shtml', 200,
     is => qr/^ +1\n.* 12\n+end$/s],
    ['SSI with errors', 'ssi/error.shtml', 200,
     is => qr/^(?:\[an error occurred.*?){3}end$/s],
    ['SSI of what is forbidden, of another policy', 'ssi/denied.shtml', 200,
     is => qr/^(?:\[an error occurred[^\n]*\n){2}end$/],
    ['ErrorDocument with SSI', '=ssi/missing', 404,
     is => qr/ok\n+plain.*verdict granted/s],
    ['SSI without a policy, of some that have one', '/none/ssi/cgi.shtml', 200,
     is => qr/ok\n+plain/, none => 1],

    # Negotiation, and the names that httpd finds.
    ['type-map', 'neg/page.var', 200, vary => [qw(negotiate accept-language)],
     fields => ['Accept-Language' => 'de'], is => qr/^deutsch$/],
    ['type-map, nothing is acceptable', 'neg/page.var', 406,
     vary => [qw(negotiate accept-language)],
     fields => ['Accept-Language' => 'en'], is => ['Alternates', qr/de\.html/]],
    ['type-map, a choice', 'neg/page.var', 300,
     fields => [Negotiate => 'trans'], is => ['TCN', qr/^list$/],
     vary => [qw(negotiate accept-language)]],
    ['MultiViews', 'neg/view', 200, fields => ['Accept-Language' => 'fr'],
     vary => [qw(negotiate accept-language)], is => qr/^francais$/],
    ['MultiViews, nothing is acceptable', 'neg/view', 406,
     vary => [qw(negotiate accept-language)],
     fields => ['Accept-Language' => 'en'], is => ['Alternates', qr/view/]],
    ['406 with an ErrorDocument of another policy', '=406/neg/view', 406,
     vary => [qw(negotiate accept-language)],
     fields => ['Accept-Language' => 'en'], is => qr/^plain$/],
    ['mod_speling', 'spell/plian.txt', 301,
     is => ['Location', qr{/list/spell/plain\.txt$}]],
    ['mod_speling, a choice', 'spell/pair-c.txt', 300,
     is => qr/pair-a.*pair-b/s],
    ['mod_userdir, policy in .htaccess', '/~alice/page.html', 200,
     is => qr/^alice$/],
    ['... a missing file', '/~alice/missing', 404],
    ['... and no policy next door', '/~bob/page.html', 200, none => 1,
     is => qr/^bob$/],

    # Handlers.
    ['mod_asis with CORS headers', 'asis/fields.asis', 200,
     vary => ['cookie'], is => qr/^as it is$/, hidden => 3],
    ['mod_asis, another status', 'asis/status.asis', 451, vary => ['cookie'],
     is => qr/^as it is$/, hidden => 3],
    ['mod_asis, an internal redirect', 'asis/local.asis', 200,
     vary => ['cookie'], is => qr/^as it is$/, hidden => 3],
    ['mod_cern_meta', '=meta/meta/plain.txt', 200, vary => ['cookie'],
     is => ['X-Meta', qr/^yes$/], hidden => 2],
    ['Action', 'run/x.run', 200, vary => ['cookie'], is => qr/^run GET$/,
     hidden => 1],
    ['Script', '=put/plain.txt', 200, vary => ['cookie'], method => 'PUT',
     is => qr/^run PUT$/, hidden => 1],
    ['an image map', 'imap/x.map?5,5', 302,
     is => ['Location', qr{^https://elsewhere\.example/$}]],
    ['... that points to this server', 'imap/x.map?35,35', 302,
     is => ['Location', qr{/none/plain\.txt$}]],
    ['... with a menu', 'imap/x.map', 200, is => qr/Menu for/],
    ['... with nothing to say', 'imap/x.map?15,15', 204, is => qr/^$/],
    ['... with an error', 'imap/x.map?25,25', 500],
    ['mod_mime_magic', 'magic/page', 200,
     is => ['Content-Type', qr{^text/html$}]],
    ['mod_autoindex', 'listing/', 200, is => qr/a\.txt.*read me/s],
    ['... in another order', 'listing/?C=S;O=D', 200, is => qr/a\.txt/],
    ['DirectoryIndexRedirect', '=index/slash/dir/', 301,
     is => ['Location', qr{/slash/dir/index\.html$}]],
    ['DirectoryIndex', 'slash/dir/', 200, is => qr/^index$/],
    ['DirectorySlash', 'slash/dir', 301,
     is => ['Location', qr{/list/slash/dir/$}]],

    # Validators and ranges.
    (map { ["304, @$_", 'plain.txt', 304, fields => [@$_],
            is => ['ETag', qr/^\Q$etag\E$/]],
           ["304, @$_, HEAD", 'plain.txt', 304, fields => [@$_],
            method => 'HEAD', is => ['ETag', qr/^\Q$etag\E$/]],
           ["304, @$_, mod_headers in both tables", '=both/plain.txt', 304,
            fields => [@$_], is => ['ETag', qr/^\Q$etag\E$/],
            vary => [qw(accept-encoding cookie)]] }
        ['If-None-Match', $etag], ['If-None-Match', "W/$etag"],
        ['If-None-Match', "\"x\", $etag"], ['If-Modified-Since', $modified]),
    (map { ["200, @$_", 'plain.txt', 200, fields => [@$_],
            is => qr/^plain$/] }
        ['If-None-Match', '"x"'], ['If-Modified-Since', $past],
        ['If-Match', $etag],
        ['If-Range', '"x"', 'Range', 'bytes=0-1']),
    ['405', 'plain.txt', 405, method => 'DELETE', is => ['Allow', qr/GET/]],
    ['412, If-Unmodified-Since', 'plain.txt', 412,
     fields => ['If-Unmodified-Since' => $past]],
    ['412, HEAD', 'plain.txt', 412, method => 'HEAD',
     fields => ['If-Match' => '"x"']],
    ['206, If-Range', 'plain.txt', 206, is => qr/^pl$/,
     fields => ['If-Range' => $etag, Range => 'bytes=0-1']],
    ['206, two ranges', 'plain.txt', 206, is => qr/(?:Content-Range.*){2}/is,
     fields => [Range => 'bytes=0-0,4-4']],
    ['206, HEAD', 'plain.txt', 206, is => qr/^$/, method => 'HEAD',
     fields => [Range => 'bytes=0-1']],
    ['416, HEAD', 'plain.txt', 416, method => 'HEAD',
     fields => [Range => 'bytes=99-']],
);

plan tests => 501;

sub ask {
    my ($method, $path, @fields) = @_;
    return request(method => $method, path => $path, port => $server->port,
                   fields => [@fields]);
}

sub named { return join ',', sort map { lc } split /\s*,\s*/, join ',', @_ }

# The order of the names in Vary is nobody's business.
sub in_order {
    my ($response) = @_;
    $_->[1] = named($_->[1]) for grep { lc $_->[0] eq 'vary' }
        @{ $response->{fields} };
    return $response;
}

# The body, put together if it came in chunks.
sub body_of {
    my ($response) = @_;
    my ($rest, $body) = ($response->{body}, '');
    return $rest unless CorsTest::values($response, 'Transfer-Encoding');
    while ($rest =~ s/^([0-9a-f]+)\r\n//) {
        $body .= substr $rest, 0, hex $1, '';
        $rest =~ s/^\r\n//;
    }
    return $body;
}

# What is never exposed, or always, or ends at the next hop.
my $never = qr/^(?:Access-Control-.*|Cache-Control|Content-Language
                |Content-Length|Content-Type|Expires|Last-Modified|Pragma
                |Set-Cookie|Connection|Keep-Alive|Transfer-Encoding)$/ix;

my $asked = named(qw(Origin Access-Control-Request-Method
                     Access-Control-Request-Headers));

for my $row (@rows) {
    my ($name, $path, $status, %of) = @$row;
    $path = "/list/$path" unless $path =~ m{^/};
    my $method = $of{method} || 'GET';
    my @fields = @{ $of{fields} || [] };
    my @others = @{ $of{vary} || [] };
    for my $origin (@origins) {
        my %wanted = $of{none} ? () : (vary => named('Origin', @others));
        if (!$of{none} && ($origin // '') eq $app) {
            @wanted{qw(origin credentials expose)} = ($app, 'true', 'X-Trace');
        }
        my $response = ask($method, $path, @fields,
                           $origin ? (Origin => $origin) : ());
        cors_is(in_order($response), $status, \%wanted,
                "$name: $status, origin " . ($origin // 'none'));
        next unless $of{is} && ($origin // '') eq $app;
        my ($field, $pattern) = ref $of{is} eq 'ARRAY' ? @{ $of{is} }
                                                       : (undef, $of{is});
        like(defined $field ? join('|', CorsTest::values($response, $field))
                            : body_of($response), $pattern, '... it is so');
    }
    if ($of{hidden}) {
        my $response = ask($method, $path =~ s/list/none/r, @fields);
        is(scalar(grep { $_->[0] =~ /^Access-Control-/ }
                  @{ $response->{fields} }), $of{hidden},
           '... where without a policy there is what others set');
    }
    next if $of{none};
    if ($path =~ m{^/list/}) {
        my $response = ask($method, $path =~ s/list/star/r, @fields,
                           Origin => $app);
        my %there = map { $_->[0] => 1 } grep { $_->[0] !~ /$never/ }
            @{ $response->{fields} };
        $there{'Content-Range'} = 1 if grep { $_ eq 'Range' } @fields;
        is(named(CorsTest::values($response, 'Access-Control-Expose-Headers')),
           named(keys %there), "$name: exposes what is there");
    }
    my $first = preflight($path, $app, 'PUT', undef, port => $server->port,
                          fields => [@fields]);
    my $vary = $path =~ /both/ ? named($asked, 'Cookie') : $asked;
    cors_is(in_order($first), 204, { origin => $app, credentials => 'true',
                                     methods => 'PUT', vary => $vary },
            "$name: a preflight meets nothing of it");
    is(join(' ', grep { !/^(?:Date|Server|Vary|Access-Control-.*|Connection)$/ }
            map { $_->[0] } @{ $first->{fields} }), '',
       '... and has no other header');
}

# Users have the say over their own pages only, and what is included over none.
for my $page ('/~bob/page.html', '/none/plain.txt') {
    my $response = preflight($page, $app, 'PUT', undef,
                             port => $server->port);
    is(join('|', CorsTest::values($response, 'Access-Control-Allow-Origin')),
       '', "a user's .htaccess has no say over $page");
}
cors_none(ask('GET', '/enforce/plain.txt', Origin => $app), 403, 'Origin',
          'what was included would be forbidden by itself');
