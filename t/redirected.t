# P5: no browser follows the redirect of a preflight.  It is answered although
# a rule of the server or the virtual host would redirect it, wherever the
# policy stands.  All else is redirected as without the module.

use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $evil = 'https://evil.example';
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my %actual = (origin => $app, vary => 'Origin');
my %granted = (origin => $app, methods => 'PUT', headers => 'X-One',
               age => 600, vary => $vary);
my $policy = <<"CONF";
CorsAllowOrigin $app
CorsAllowMethods PUT
CorsAllowHeaders X-One
CorsMaxAge 600
CONF

# What redirects, or sends away: a name, the status, whether a look-up gets past
# it to the directory, and the lines, for what is below PATH.
my $new = 'https://new.example';
my @rules = (
    ['R', 302, 1, "RewriteRule ^PATH/old/(.*) $new/\$1 [R]"],
    ['R301', 301, 1, "RewriteRule ^PATH/old/(.*) $new/\$1 [R=301,L]"],
    ['R308', 308, 1, "RewriteRule ^PATH/old/(.*) $new/\$1 [R=308]"],
    ['R-args', 302, 1, "RewriteRule ^PATH/old/(.*) $new/\$1?more=1 [R,QSA,NE]"],
    ['R-here', 302, 1, 'RewriteRule ^PATH/old/(.*) PATH/new/$1 [R]'],
    ['R-self', 302, 1, 'RewriteRule ^PATH/ PATH/old/file.txt [R]'],
    ['R-slash', 301, 1, 'RewriteRule ^(PATH/.*[^/])$ $1/ [R=301,L]'],
    ['R-end', 302, 1, "RewriteRule ^PATH/old/(.*) $new/\$1 [R,END]"],
    ['https', 301, 1, 'RewriteRule ^PATH/ https://%{HTTP_HOST}%{REQUEST_URI} '
     . '[R=301,L]'],
    ['https-off', 308, 1, "RewriteCond %{HTTPS} =off\n"
     . 'RewriteRule ^PATH/ https://%{SERVER_NAME}%{REQUEST_URI} [R=308,L]'],
    ['host', 301, 1, "RewriteCond %{HTTP_HOST} !^www\\. [NC]\n"
     . 'RewriteRule ^(PATH/.*) http://www.%{HTTP_HOST}$1 [R=301,L]'],
    ['main-only', 302, 1, "RewriteCond %{IS_SUBREQ} =false\n"
     . "RewriteRule ^PATH/old/(.*) $new/\$1 [R]"],
    ['no-flag', 302, 1, "RewriteRule ^PATH/old/(.*) $new/\$1"],
    ['F', 403, 0, 'RewriteRule ^PATH/old - [F]'],
    ['G', 410, 0, 'RewriteRule ^PATH/old - [G]'],
    ['Redirect', 302, 1, "Redirect PATH/old $new"],
    ['RedirectMatch', 308, 1, "RedirectMatch 308 ^PATH/old/(.*)\$ $new/\$1"],
    ['RedirectPermanent', 301, 1, "RedirectPermanent PATH/old $new/old"],
);

# Where the policy stands: a name, whether that is known before httpd looks for
# the file, and the section, with the path as PATH and the folder as DIR.
my @places = (
    ['none', 0, ''],
    ['Location', 1, "<Location PATH>\n$policy</Location>\n"],
    ['If', 1, "<If \"%{REQUEST_URI} =~ m#^PATH/#\">\n$policy</If>\n"],
    ['Directory', 0, "<Directory DIR>\n$policy</Directory>\n"],
    ['Files', 0, "<Files file-PLACE.txt>\n$policy</Files>\n"],
    ['htaccess', 0, ''],
);

# What asks, besides preflights.
my %preflight = ('Access-Control-Request-Method' => 'PUT',
                 'Access-Control-Request-Headers' => 'x-one');
my @others = (
    ['GET', 'GET', [Origin => $app]],
    ['GET of another origin', 'GET', [Origin => $evil]],
    ['GET of no page', 'GET', []],
    ['OPTIONS that only has Origin', 'OPTIONS', [Origin => $app]],
    ['OPTIONS that has no Origin', 'OPTIONS', [%preflight]],
);

# The documents: a folder for each rule and place.
my $docs = vars('t_logs') . "/redirected-$$";

sub path_of { return "/$_[0][0]/$_[1][0]" }
sub url_of { return path_of(@_) . "/old/file-$_[1][0].txt" }

my $lines = "RewriteEngine On\n";
for my $rule (@rules) {
    for my $place (@places) {
        my $path = path_of($rule, $place);
        write_file($docs . url_of($rule, $place), "file\n");
        write_file("$docs$path/.htaccess", $policy)
            if $place->[0] eq 'htaccess';
        $lines .= "$rule->[3]\n" =~ s/PATH/$path/gr;
    }
}

# The sections, for all rules.
my $sections = "<Directory $docs>\nAllowOverride FileInfo\n</Directory>\n";
for my $place (@places) {
    my ($name, undef, $section) = @$place;
    for my $rule (@rules) {
        my $path = path_of($rule, $place);
        $sections .= $section =~ s/PATH/$path/gr =~ s/DIR/$docs$path/r
            =~ s/PLACE/$name/r if $name ne 'Files' || $rule == $rules[0];
    }
}

# A server with the rules in its own configuration, or in a virtual host.
sub server {
    my ($context, $main, $inner, %of) = @_;
    $inner = "$lines$inner";
    $inner = "<VirtualHost *>\n$inner</VirtualHost>\n"
        if $context eq 'virtual host';
    return private_httpd("DocumentRoot $docs\n$main$inner",
                         modules => [qw(alias rewrite)], %of);
}

# A response without what changes from one to the next, and its CORS fields.
sub bare {
    my ($response) = @_;
    my $text = $response->{text} =~ s/^Date: .*\r\n//mr;
    $text =~ s/:\d+(?=[\/<])/:PORT/g;
    return $text =~ s/^(?:Access-Control-\S*|Vary): .*\r\n//mgr;
}

sub ask {
    my ($server, $method, $path, @fields) = @_;
    return request(method => $method, path => $path, port => $server->port,
                   fields => [@fields]);
}

# All that is asked of one rule, under a policy that is known at once, or found
# for a preflight, or neither.
sub try_rule {
    my ($server, $control, $rule, $place, $is_known, $is_found, $name) = @_;
    my ($what, $sent_away) = @$rule;
    my $path = url_of($rule, $place);
    $name = "P5: $what of the $name";
    for my $case ([$app, 204, \%granted], [$evil, 403, { vary => $vary }]) {
        my ($origin, $status, $wanted) = @$case;
        my @ask = (OPTIONS => $path, Origin => $origin, %preflight);
        my $response = ask($server, @ask);
        if ($is_known || $is_found) {
            cors_is($response, $status, $wanted, "$name: preflight, $status");
            is(join('', CorsTest::values($response, 'Location'),
                    $response->{body}), '', '... and no more');
        }
        else {
            cors_none($response, $sent_away, undef,
                      "$name: preflight, $sent_away");
            is(bare($response), bare(ask($control, @ask)),
               '... as without the module');
        }
    }
    for (@others) {
        my ($who, $method, $fields) = @$_;
        my ($response, $other) = map { ask($_, $method, $path, @$fields) }
            $server, $control;
        my $is_app = grep { $_ eq $app } @$fields;
        cors_is($response, $sent_away,
                !$is_known ? {} : $is_app ? \%actual : { vary => 'Origin' },
                "$name: $who, $sent_away");
        is(bare($response), bare($other), '... as without the module');
    }
    return;
}

my $each = 2 * (2 + @others);
plan tests => 2 * $each * @rules * @places + 3 * $each * @rules;

my %control = map { $_ => server($_, '', '', cors => 0) } 'server',
    'virtual host';

# The policy in a section, or nowhere.
for my $context (sort keys %control) {
    my $server = server($context, '', $sections);
    for my $rule (@rules) {
        for my $place (@places) {
            my ($where, $is_known) = @$place;
            try_rule($server, $control{$context}, $rule, $place, $is_known,
                     $rule->[2] && $where ne 'none',
                     "$context, policy in $where");
        }
    }
}

# The policy of the server, or of the virtual host.
for my $case (['server', $policy, ''], ['virtual host', $policy, ''],
              ['virtual host', '', $policy]) {
    my ($context, @policy) = @$case;
    my $server = server($context, @policy);
    my $where = $policy[0] ? 'server' : 'virtual host';
    for my $rule (@rules) {
        try_rule($server, $control{$context}, $rule, $places[0], 1, 1,
                 "$context, policy of the $where");
    }
}
