# The pains of caches, shown with httpd's own: an answer that is for one origin
# is handed to another, or none is ever kept: P7, P16, P17 and P22.

use strict;
use warnings;

use CorsPains;

my $web = 'https://web.example';
my $cache = <<'CONF';
CacheEnable disk /
Header set Cache-Control max-age=600
CONF
my $env = <<'CONF';
SetEnvIf Origin "^https://(app|web)\.example$" ORIGIN=$0
Header set Access-Control-Allow-Origin %{ORIGIN}e env=ORIGIN
CONF
# As large as mod_deflate wants it.
my $large = { 'plain.txt' => "plain\n" x 200 };
my $policy = "CorsAllowOrigin $app $web\n";

# A response: what the cache says, whose page may read it, Vary, and more.
sub is_hit { return answer('HIT', @_) }
sub is_miss { return answer('MISS', @_) }

sub answer {
    my ($hit, $origin, $vary, %more) = @_;
    return { status => 200, 'X-Cache' => qr/^$hit from/, origin => $origin,
             vary => $vary, %more };
}

# A request for a file, by a page or by none.
sub file {
    my ($origin, @fields) = @_;
    return [GET => '/plain.txt', $origin ? (Origin => $origin) : (), @fields];
}

# Encodings.
my @gzip = ('Accept-Encoding' => 'gzip');
my %gzip = ('Content-Encoding' => 'gzip');
my %plain = ('Content-Encoding' => '', body => qr/\A(?:plain\n)+\z/);
my $both = 'Accept-Encoding,Origin';

pains(
    {
        pain => 'P7', rule => 'no cache has the answer for another origin',
        both => $cache, recipe => $env, cors => $policy,
        steps => [
            ['the first', file($web), is_miss($web), is_miss($web, 'Origin')],
            ['another', file($app), is_hit($web), is_miss($app, 'Origin')],
            ['no page', file(), is_hit($web), is_miss(undef, 'Origin')],
            ['the first again', file($web), is_hit($web),
             is_hit($web, 'Origin')],
        ],
    },
    {
        pain => 'P7', rule => 'no cache has for a page what none has asked for',
        both => $cache, recipe => "$env Header merge Vary Origin env=ORIGIN\n",
        cors => $policy,
        steps => [
            ['no page', file(), is_miss(), is_miss(undef, 'Origin')],
            ['a page', file($app), is_hit(), is_miss($app, 'Origin')],
            ['a page again', file($app), is_hit(), is_hit($app, 'Origin')],
        ],
    },
    {
        pain => 'P7', rule => 'a policy for all needs no Vary',
        both => $cache, cors => "CorsAllowOrigin *\n",
        recipe => <<~'CONF',
            Header set Access-Control-Allow-Origin *
            Header merge Vary Origin
            CONF
        steps => [
            ['the first', file($web), is_miss('*', 'Origin'), is_miss('*')],
            ['another', file($app), is_miss('*', 'Origin'), is_hit('*')],
        ],
    },
    {
        pain => 'P16', rule => 'Vary keeps what others have put there',
        both => "$cache SetOutputFilter DEFLATE\n", files => $large,
        recipe => "$env Header set Vary Origin\n", cors => $policy,
        steps => [
            ['a browser', file($app, @gzip), is_miss($app, 'Origin', %gzip),
             is_miss($app, $both, %gzip)],
            ['another, without gzip', file($app),
             is_hit($app, 'Origin', %gzip), is_miss($app, $both, %plain)],
            ['the first again', file($app, @gzip),
             is_hit($app, 'Origin', %gzip), is_hit($app, $both, %gzip)],
        ],
    },
    {
        pain => 'P17', rule => 'a cache keeps an answer for each origin',
        both => "$cache SetOutputFilter DEFLATE\n", files => $large,
        recipe => "$env Header always merge Vary Origin\n", cors => $policy,
        steps => [
            ['the first', file($app), is_miss($app, 'Origin,Accept-Encoding'),
             is_miss($app, $both)],
            ['another', file($web), is_miss($web, 'Origin,Accept-Encoding'),
             is_miss($web, $both)],
            ['the first again', file($app),
             is_miss($app, 'Origin,Accept-Encoding'), is_hit($app, $both)],
            ['the other again', file($web),
             is_miss($web, 'Origin,Accept-Encoding'), is_hit($web, $both)],
        ],
    },
    {
        pain => 'P22', rule => 'a cached answer has the policy of its section',
        both => $cache,
        recipe => <<~CONF,
            Header always set Access-Control-Allow-Origin $web
            Header always merge Vary Origin
            <Location /plain.txt>
                Header always set Access-Control-Allow-Origin $app
            </Location>
            CONF
        cors => <<~CONF,
            CorsAllowOrigin $web
            <Location /plain.txt>
                CorsAllowOrigin $app
            </Location>
            CONF
        steps => [
            ['200', file($app), is_miss($app, 'Origin')],
            ['200 again', file($app), is_hit($app, 'Origin')],
            ['304', file($app, 'If-None-Match' => '*'),
             is_hit([$web, $app], 'Origin', status => 304),
             is_hit($app, 'Origin', status => 304)],
        ],
    },
);
