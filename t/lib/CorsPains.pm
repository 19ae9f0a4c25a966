package CorsPains;

# The pains of CORS with httpd.  Each is shown twice: with the lines that
# administrators copy today, on a server without the module, where a named
# thing goes wrong; and with the module in their place, where it goes right.

use strict;
use warnings;

use Exporter qw(import);
use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

our @EXPORT = qw(pains asks $app $evil $vary);

our $app = 'https://app.example';
our $evil = 'https://evil.example';
our $vary = 'Origin,Access-Control-Request-Method,'
    . 'Access-Control-Request-Headers';

# All that the pains need, on both servers alike.
my @modules = qw(alias allowmethods authn_core authn_file authz_host authz_user
    auth_basic cache cache_disk cgi dav dav_fs deflate dir env filter headers
    http2 mime negotiation proxy proxy_http request rewrite session
    session_cookie auth_form setenvif);
my $common = <<'CONF';
DavLockDB davlock
CacheHeader On
Protocols h2c http/1.1
H2EarlyHints On
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html
AddHandler cgi-script .cgi
<Directory />
    AllowOverride All
    Options +ExecCGI +FollowSymLinks
</Directory>
CONF

# What a virtual host proxies to: the application of the same virtual host.
my $backend = <<'CONF';
AliasMatch "^(/.+)/app" "$1/htdocs/app.cgi"
SetEnvIf Request_URI "^(/.+)/app" SEEN=$1/seen
CONF

# The fields of a preflight.
sub asks {
    my ($origin, $method, $headers) = @_;
    return (Origin => $origin, 'Access-Control-Request-Method' => $method,
            $headers ? ('Access-Control-Request-Headers' => $headers) : ());
}

sub read_file {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    return do { local $/; <$in> } // '';
}

# The virtual host of a pain on one side, with documents of its own.  Of the
# files, and of their text, some are for one side only.
sub vhost {
    my ($pain, $side, $port) = @_;
    my $dir = vars('t_logs') . "/pains-$$-$pain->{host}-$side";
    my %text = ('plain.txt' => "plain\n", 'index.html' => "index\n",
                'app.cgi' => read_file(vars('t_dir')
                                       . '/htdocs/pains/app.cgi'),
                %{ $pain->{files} || {} },
                conf => join '', map { $pain->{$_} // '' } 'both', $side);
    for my $name (keys %text) {
        $text{$name} = $text{$name}{$side} if ref $text{$name};
        $text{$name} =~ s/\@DIR\@/$dir/g;
        $text{$name} =~ s{\@USERS\@}{vars('t_dir') . '/conf/before.users'}ge;
        $text{$name} =~ s{\@BACKEND\@}{http://127.0.0.1:$port$dir}g;
        write_file("$dir/htdocs/$name", $text{$name}) if $name ne 'conf';
    }
    $pain->{seen}{$side} = "$dir/seen";
    return "<VirtualHost *>\nServerName $pain->{host}\n"
        . "DocumentRoot $dir/htdocs\nAlias /app $dir/htdocs/app.cgi\n"
        . "SetEnv SEEN $dir/seen\nCacheRoot $dir\n$text{conf}"
        . "</VirtualHost>\n";
}

# An expression, as it is; a text, as a whole.
sub pattern { return ref $_[0] ? $_[0] : qr/\A\Q$_[0]\E\z/ }

# Whether a response is as wanted: of CORS and Vary exactly what is named,
# other fields and the body where they are named, and what the application has
# seen meanwhile.
sub check {
    my ($response, $seen, $wanted, $name) = @_;
    my %cors = %$wanted;
    my $status = delete $cors{status} or die "no status wanted: $name";
    my $body = delete $cors{body};
    my $trace = delete $cors{seen};
    my %other = map { $_ => delete $cors{$_} } grep { /^[A-Z]/ } keys %cors;
    cors_is($response, $status, \%cors, $name);
    for my $field (sort keys %other) {
        like(join('|', CorsTest::values($response, $field)),
             pattern($other{$field}), "... $field");
    }
    like($response->{body}, $body, '... the body') if $body;
    like($seen, pattern($trace), '... what the application sees')
        if defined $trace;
    return;
}

sub count {
    my ($wanted) = @_;
    return 1 + grep { /^(?:[A-Z]|body$|seen$)/ } keys %$wanted;
}

# Run a table of pains.  Of each: pain, its number; rule, what is right; the
# configuration of its virtual host, for both sides, for the recipe, and for
# cors; files, its documents; steps, one after the other on either side:
# what is asked, [method, path, fields] or a function of a server and a host,
# what goes wrong, and what is right, if it is not the same.  Or else config:
# lines that httpd takes, those that the module refuses, and how.
sub pains {
    my (@pains) = @_;
    my @served = grep { !$_->{config} } @pains;
    my $tests = 4 * grep { $_->{config} } @pains;
    for my $n (0 .. $#served) {
        my ($pain, @steps) = ($served[$n], @{ $served[$n]{steps} });
        $pain->{host} = lc "$pain->{pain}-$n.example";
        die "$pain->{rule}: nothing is wrong" unless grep { $_->[3] } @steps;
        $tests += count($_->[2]) + count($_->[3] // $_->[2]) for @steps;
    }
    plan tests => $tests;

    my $behind = private_httpd($common . $backend, modules => \@modules,
                               cors => 0);
    for my $side (qw(recipe cors)) {
        my $log = $side eq 'cors' ? "LogLevel warn cors:info\n" : '';
        my $hosts = join '', map { vhost($_, $side, $behind->port) } @served;
        my $server = private_httpd($common . $log . $hosts,
                                   modules => \@modules,
                                   cors => $side eq 'cors');
        run($_, $side, $server) for @served;
    }
    refuse($_) for grep { $_->{config} } @pains;
    return;
}

sub run {
    my ($pain, $side, $server) = @_;
    my $file = $pain->{seen}{$side};
    my $who = $side eq 'cors' ? 'with mod_cors' : 'with the recipe';
    for my $step (@{ $pain->{steps} }) {
        my ($what, $ask, $wrong, $right) = @$step;
        my $before = read_file($file);
        my $response = ref $ask eq 'CODE' ? $ask->($server, $pain->{host})
            : request(method => $ask->[0], path => $ask->[1],
                      port => $server->port, host => $pain->{host},
                      fields => [@$ask[2 .. $#$ask]]);
        check($response, substr(read_file($file), length $before),
              $side eq 'cors' ? $right // $wrong : $wrong,
              "$pain->{pain}: $pain->{rule}: $what, $who");
    }
    return;
}

sub refuse {
    my ($pain) = @_;
    my ($recipe, $cors, $message) = @{ $pain->{config} };
    my ($status, $output) = config_test($recipe, modules => \@modules,
                                        cors => 0);
    is($status, 0, "$pain->{pain}: $pain->{rule}: httpd starts otherwise");
    like($output, qr/\ASyntax OK\n\z/, '... without a word');
    ($status, $output) = config_test($cors, modules => \@modules);
    isnt($status, 0, "$pain->{pain}: $pain->{rule}: with mod_cors");
    like($output, $message, '... which says why');
    return;
}

1;
