# An application with CORS headers of its own, in both of httpd's tables, and
# the status that its URL ends in.  With /perl-error/ httpd makes the answer,
# with /perl-inner/ another resource does.
package CorsApp;

use strict;
use warnings;

use Apache2::Const -compile => qw(OK);
use Apache2::RequestIO ();
use Apache2::RequestRec ();
use Apache2::Response ();
use Apache2::SubRequest ();
use APR::Table ();

sub handler {
    my ($r) = @_;
    my ($kind, $status) = $r->uri =~ m{/(perl[a-z-]*)/(\d+)$};
    my ($out, $always) = ($r->headers_out, $r->err_headers_out);

    open my $seen, '>>', $r->subprocess_env('SEEN') or die $!;
    syswrite $seen, join(' ', $kind, $r->method, $r->uri) . "\n";
    close $seen;

    $out->set('Access-Control-Allow-Origin' => 'https://own.example');
    $out->set('Access-Control-Allow-Credentials' => 'true');
    $out->set(Vary => 'Accept-Language');
    if ($kind ne 'perl-out') {
        $always->add('Access-Control-Allow-Origin' => '*');
        $always->add('Access-Control-Allow-Methods' => 'DELETE');
        $always->add(Vary => 'Cookie');
    }
    $always->add('X-App' => 'perl');
    $always->set(Location => 'https://elsewhere.example/') if $status == 302;
    $always->set('WWW-Authenticate' => 'Basic realm="app"') if $status == 401;

    die "as an application does\n" if $status == 599;
    if ($kind eq 'perl-inner') {
        $r->internal_redirect('/none/page.txt');
        return Apache2::Const::OK;
    }
    return $status if $kind eq 'perl-error' || $kind eq 'perl-out';
    $r->status($status);
    $r->content_type('text/plain');
    $r->print('perl ', $r->method, "\n");
    return Apache2::Const::OK;
}

1;
