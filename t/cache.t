# mod_cache: in whatever order pages of allowed and of refused origins, and no
# page, ask for one URL, each of them gets its own headers, and whoever asks
# again is served from the cache.
#
# Both caches, disk and socache, and both places of mod_cache, as the quick
# handler before all of httpd and as a late one behind it.

use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $other = 'https://other.example';

# Who asks, and as which Origin.
my %origin = (app => $app, other => $other, evil => 'https://evil.example',
              none => undef);
my @askers = sort keys %origin;
my @caches = qw(disk socache);
my @hosts = qw(quick late);

# Policies: the lines, and the fields that each asker gets besides Vary.
my $both = "CorsAllowOrigin $app $other";
my %plain = (app => { origin => $app }, other => { origin => $other });
my %trusted = added(\%plain, credentials => 'true');
my %policy = (
    any => ['CorsAllowOrigin *', map { $_ => { origin => '*' } } @askers],
    list => [$both, %plain],
    credentials => ["$both\nCorsAllowCredentials On", %trusted],
    some => ["CorsAllowOrigin *\nCorsAllowCredentials $app",
             app => $trusted{app},
             map { $_ => { origin => '*' } } qw(other evil)],
    expose => ["$both\nCorsAllowCredentials On\nCorsExposeHeaders *",
               added(\%trusted, expose => 'names')],
    timing => ["$both\nCorsTimingAllowOrigin On",
               map { $_ => { %{ $plain{$_} }, timing => $plain{$_}{origin} } }
                   keys %plain],
    enforce => ["$both\nCorsEnforce On", %plain],
);
my @open = grep { $_ ne 'enforce' } sort keys %policy;

# URLs, as they are asked for: path, status, more fields, a method; what Vary
# has besides; the names of all headers, for expose; and in again, how they are
# asked for by who has asked before, and how mod_cache calls that.  With disk,
# of both caches, since mod_cache_disk takes its time.
my @file = qw(Accept-Ranges Date ETag Server Vary);
my %file = (path => 'file/page.txt', names => [@file]);
my %backend = (path => 'backend/page.txt', vary => 'Accept-Encoding',
               names => [@file]);
# A redirected response is written behind mod_cache.
my %rewritten = (names => ['X-Cache', @file],
                 again => { names => [qw(Age X-Cache), @file] });
my @no_age = ('Cache-Control' => 'max-age=0');
my %way = (
    'a file' => { %file, disk => 1 },
    'a file, then If-None-Match' => { %file, again => {
        status => 304, fields => ['If-None-Match' => '*'],
        late_names => [qw(Age X-Cache), @file] } },
    'a file, then HEAD' => { %file, again => { method => 'HEAD' } },
    'a file, then a range' => { %file, again => {
        status => 206, fields => [Range => 'bytes=0-1'] } },
    'a file, then revalidation' => { %file, again => {
        cache => 'REVALIDATE', fields => [@no_age] } },
    'HEAD alone' => { %file, method => 'HEAD' },
    map({ ("a file, $_" => {
        path => "$_/page.txt", vary => 'Accept-Encoding',
        fields => ['Accept-Encoding' => $_],
        names => ['Content-Encoding', @file] }) } qw(br gzip)),
    'a directory' => { %file, path => 'file/' },
    'a directory, its policy edited' => { %file, path => 'edited/' },
    'a rewritten URL' => { %rewritten, path => 'rewritten/file/x' },
    'a rewritten URL, its policy edited' => {
        %rewritten, path => 'rewritten/edited/x' },
    'a backend' => { %backend },
    'a backend, then revalidation' => { %backend, disk => 1, again => {
        cache => 'REVALIDATE', fields => [@no_age] } },
    'a backend that fails then' => { %backend, path => 'backend/fails',
        again => { fields => [@no_age] } },
    'an error of a backend' => { path => 'backend/missing', status => 404,
                                 names => [qw(Date Server Vary)] },
);

# Who asks in other ways than GET without a password, which alone are stored.
my @password = (Authorization => 'Basic dXNlcjpzZWNyZXQ=');
my %other_way = (
    map({ $_ => { who => $_ } } qw(app evil none)),
    map({ ("$_ with a password" => { who => $_, fields => [@password] }) }
        qw(app none)),
    map({ ("preflight of $_" => {
        who => $_, method => 'OPTIONS', preflight => 1,
        fields => ['Access-Control-Request-Method' => 'GET'] }) }
        qw(app evil)),
    'OPTIONS of app' => { who => 'app', method => 'OPTIONS' },
);

# How URLs of several policies lead to one document of policy list: the path,
# the status, and the path of the document itself.  (None where httpd mixes
# these up: the status of an error document is stored with it, and
# FallbackResource finds no document that the quick handler has.)
my %to_shared = (
    'an error document' => ['file/no', 404],
    'a rule' => ['shared/page.txt', 200, 'file/page.txt'],
    'FallbackResource' => ['fallback/no', 200],
);
my $preflight_vary = 'Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

sub added {
    my ($fields, %more) = @_;
    return map { $_ => { %{ $fields->{$_} }, %more } } keys %$fields;
}

my $files = vars('t_dir') . '/htdocs/cache';
my $root = vars('t_logs') . "/cache-$$";
mkdir $root or die "cannot make $root: $!";

my $backend = private_httpd(<<'CONF', cors => 0,
KeepAliveTimeout 60
MaxKeepAliveRequests 0
Header always set Cache-Control max-age=600
Header set vary Accept-Encoding
RewriteEngine On
RewriteCond %{HTTP:Cache-Control} max-age=0
RewriteRule ^/cache/fails - [R=500]
RewriteRule ^/cache/fails /cache/page.txt [PT]
CONF
    modules => [qw(alias headers rewrite)]);

my $sections = join '', map {
    "<LocationMatch ^/\\w+/$_/>\n$policy{$_}[0]\n</LocationMatch>\n"
} sort keys %policy;
# What several URLs lead to is of policy list, and its query another one each
# time: no test knows what another one has stored.
my $shared = join '', map { my $page = "/$_/list/file/page.txt"; <<"CONF" }
<Location /$_>
    ErrorDocument 404 /$_/list/document/page.txt?%{QUERY_STRING}
</Location>
<LocationMatch ^/$_/\\w+/fallback/>
    FallbackResource $page
</LocationMatch>
CONF
    @caches;
my $server = private_httpd(<<"CONF",
MaxKeepAliveRequests 0
CacheRoot $root
CacheDirLevels 1
CacheDirLength 1
CacheSocache shmcb:$root/socache(32000000)
CacheHeader On
CacheEnable disk /disk
CacheEnable socache /socache
AliasMatch ^/\\w+/\\w+/(rewritten/)?\\w+/(.*) $files/\$2
DirectoryIndex page.txt
ProxyPassMatch ^/\\w+/\\w+/backend/(.*) \\
    http://127.0.0.1:@{[$backend->port]}/cache/\$1
Header set Cache-Control max-age=600
<Directory $files>
    RewriteEngine On
    RewriteCond %{REQUEST_URI} ^(/\\w+/\\w+)/rewritten/(\\w+)/
    RewriteRule ^ %1/%2/page.txt
    RewriteCond %{REQUEST_URI} ^(/\\w+)/\\w+/shared/
    RewriteRule ^ %1/list/file/page.txt
</Directory>
<LocationMatch /gzip/>
    SetOutputFilter DEFLATE
</LocationMatch>
<LocationMatch /br/>
    SetOutputFilter BROTLI_COMPRESS
</LocationMatch>
<LocationMatch /document/>
    Header always set Cache-Control max-age=600
</LocationMatch>
$sections$shared
<LocationMatch /edited/>
    CorsAllowOrigin +https://more.example
</LocationMatch>
<VirtualHost *:*>
    ServerName quick
</VirtualHost>
<VirtualHost *:*>
    ServerName late
    CacheQuickHandler Off
</VirtualHost>
CONF
    modules => [qw(cache cache_disk cache_socache socache_shmcb alias dir
                   headers filter deflate brotli proxy proxy_http rewrite)]);

plan tests => @hosts * (@open * (keys(%way)
                                 + grep { $_->{disk} } CORE::values %way)
                        + 3 * @caches + keys(%to_shared) * @caches);

# All sequences of three of these.
sub sequences {
    my @of = @_;
    return map { my $one = $_; map { my $two = $_;
        map { [$one, $two, $_] } @of } @of } @of;
}

# A request as it is sent.
sub as_sent {
    my ($request, @last) = @_;
    my @fields = (Host => $request->{host}, @{ $request->{fields} || [] },
                  @last);
    my $text = ($request->{method} || 'GET')
        . " $request->{path} HTTP/1.1\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n" if defined $value;
    }
    return "$text\r\n";
}

# Send lists of requests, each on a connection of its own, all at a time.
# Returns the answers.
sub answers {
    my (@lists) = @_;
    my @sockets = map {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $server->port)
            or die "cannot connect: $@";
        my @requests = @$_;
        my $last = pop @requests;
        print $socket map({ as_sent($_) } @requests),
            as_sent($last, Connection => 'close');
        $socket->flush;
        $socket;
    } @lists;
    local $SIG{ALRM} = sub { die "no answers within 60 seconds\n" };
    alarm 60;
    my @answers = map { local $/; split m{(?=HTTP/1\.1 \d{3} )}, <$_> }
        @sockets;
    alarm 0;
    return map { CorsTest::parse($_) } @answers;
}

# What is compared: the status, X-Cache, and all that cors_is() looks at.  The
# names that are exposed come in httpd's order.
my %field = (
    origin      => 'Access-Control-Allow-Origin',
    credentials => 'Access-Control-Allow-Credentials',
    expose      => 'Access-Control-Expose-Headers',
    timing      => 'Timing-Allow-Origin',
    vary        => 'Vary',
    cache       => 'X-Cache',
);
my $compared = qr/^(?:Access-Control-.*|Timing-Allow-Origin|Vary|X-Cache)$/i;

sub got {
    my ($response, $without) = @_;
    return join "\n", $response->{status}, sort map {
        my ($name, $value) = @$_;
        $value = join ', ', sort split /, /, $value if $name =~ /Expose/i;
        $name = 'Vary' if $name eq 'vary';      # as the backend writes it
        "$name: $value";
    } grep { $_->[0] =~ $compared && $_->[0] ne $without }
        @{ $response->{fields} };
}

sub wanted {
    my ($status, $of) = @_;
    return join "\n", $status, sort map { "$field{$_}: $of->{$_}" }
        grep { defined $of->{$_} } keys %$of;
}

# Assert of a list of [what, request, wanted] that each is answered so,
# whatever a field without says.
sub all_are {
    my ($name, $rows, $without) = @_;
    my (@lists, @wrong);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for my $i (0 .. $#$rows) {
        push @{ $lists[$i / 75] }, $rows->[$i][1];
    }
    my @answers;
    # mod_cache_disk sleeps whenever it makes a folder; shmcb, which chooses the
    # part of its memory by the first letter of a URL, has no room for many.
    my $n = $rows->[0][1]{path} =~ m{^/disk} ? 5 : 1;
    while (my @part = splice @lists, 0, $n) {
        push @answers, answers(@part);
    }
    for my $row (@$rows) {
        my $got = @answers ? got(shift @answers, $without // '') : 'none';
        push @wrong, "$row->[0]: $got\nwanted: $row->[2]\n"
            if $got ne $row->[2];
    }
    return ok(!@wrong, $name)
        || diag(@wrong . " wrong, the first of them:\n$wrong[0]");
}

# The fields that a policy has for an asker, and what more Vary has.
sub fields_of {
    my ($policy, $who, @vary) = @_;
    my (undef, %fields) = @{ $policy{$policy} };
    push @vary, 'Origin' if $policy ne 'any';
    return (%{ $fields{$who} || {} }, @vary ? (vary => join ',', @vary) : ());
}

my $url = 0;

# 1. One URL.
sub rows_of {
    my ($policy, $way, $cache, $host) = @_;
    my @rows;
    my %first = (status => 200, cache => 'MISS', %{ $way{$way} });
    my %again = (%first, cache => 'HIT', %{ $first{again} || {} });
    for my $sequence (sequences(@askers)) {
        my $path = "/$cache/$policy/$first{path}?" . ++$url;
        my %has_asked;
        for my $who (@$sequence) {
            my $is = $has_asked{$policy eq 'any' || $who}++ ? \%again
                                                            : \%first;
            my %fields = fields_of($policy, $who, $is->{vary} || ());
            my $names = $host eq 'late' && $is->{late_names} || $is->{names};
            $fields{expose} = join ', ', sort @$names if $fields{expose};
            push @rows, ["$who of @$sequence", {
                host => $host, path => $path, method => $is->{method},
                fields => [Origin => $origin{$who}, @{ $is->{fields} || [] }],
            }, wanted($is->{status}, {
                %fields, cache => "$is->{cache} from $host" })];
        }
    }
    return \@rows;
}

for my $policy (@open) {
    for my $way (sort keys %way) {
        for my $cache ($way{$way}{disk} ? 'disk' : (), 'socache') {
            for my $host (@hosts) {
                all_are("$way, policy $policy, $cache, $host handler",
                        rows_of($policy, $way, $cache, $host));
            }
        }
    }
}

# 2. Other methods, passwords, and CorsEnforce, with what has been stored.
sub answer_of {
    my ($policy, $name, $host, $has_stored) = @_;
    my ($who, $method, $is_preflight) = @{ $other_way{$name} }{
        qw(who method preflight)};
    my %fields = fields_of($policy, $who);
    if ($is_preflight) {
        $fields{vary} = join ',', $fields{vary} // (), $preflight_vary;
        return wanted($fields{origin} ? 204 : 403, \%fields);
    }
    return wanted(403, \%fields) if $policy eq 'enforce' && $who eq 'evil';
    return wanted(200, \%fields) if $method;
    my $variant = $policy eq 'any' || $who;
    my $is_stored = $has_stored->{$variant};
    if ($name =~ /password/) {
        return wanted(200, \%fields) if $host eq 'quick';
    }
    else {
        $has_stored->{$variant} = 1;
    }
    $fields{cache} = ($is_stored ? 'HIT' : 'MISS') . " from $host";
    return wanted(200, \%fields);
}

for my $policy (qw(any credentials enforce)) {
    for my $cache (@caches) {
        for my $host (@hosts) {
            my @rows;
            for my $sequence (sequences(sort keys %other_way)) {
                my $path = "/$cache/$policy/file/page.txt?" . ++$url;
                my %has_stored;
                for my $name (@$sequence) {
                    my $is = $other_way{$name};
                    push @rows, ["$name of @{[join ', ', @$sequence]}", {
                        host => $host, path => $path, method => $is->{method},
                        fields => [Origin => $origin{ $is->{who} },
                                   @{ $is->{fields} || [] }],
                    }, answer_of($policy, $name, $host, \%has_stored)];
                }
            }
            all_are("preflights and passwords, policy $policy, $cache, "
                    . "$host handler", \@rows);
        }
    }
}

# 3. One document of URLs with different policies, of which one has none: there
# the document's own holds.
for my $way (sort keys %to_shared) {
    my ($path, $status, $itself) = @{ $to_shared{$way} };
    my @sequences = map { sequences(map { my $policy = $_;
        map { [$policy, $_] } qw(app evil) } @$_) }
        [qw(any credentials)],
        [qw(some credentials nothing), $itself ? 'list' : ()];
    for my $cache (@caches) {
        for my $host (@hosts) {
            my @rows;
            for my $sequence (@sequences) {
                my $query = ++$url;
                my $told = join ', ', map { "$_->[1] at $_->[0]" } @$sequence;
                for (@$sequence) {
                    my ($policy, $who) = @$_;
                    my $holds = $policy eq 'nothing' ? 'list' : $policy;
                    push @rows, ["$who at $policy of $told", {
                        host => $host,
                        path => "/$cache/$policy/"
                            . ($policy eq 'list' ? $itself : $path)
                            . "?$query",
                        fields => [Origin => $origin{$who}],
                    }, wanted($status, { fields_of($holds, $who) })];
                }
            }
            all_are("one page of several policies by $way, $cache, "
                    . "$host handler", \@rows, 'X-Cache');
        }
    }
}
