#!/usr/bin/perl
# Answers what the query asks for, and tells what came.
#
#   status=N      the status
#   header=N:V    a response header, as often as wanted
#   type=T        the Content-Type
#   tell=NAME     a request header that the body has, as often as wanted
use strict;
use warnings;

my %query = (header => [], tell => []);
for (split /&/, $ENV{QUERY_STRING} // '') {
    my ($name, $value) = split /=/, $_, 2;
    $value =~ tr/+/ /;
    $value =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    push @{ $query{$name} }, $value;
}

my $body = $ENV{REQUEST_METHOD};
for my $name (@{ $query{tell} }) {
    my $key = 'HTTP_' . uc $name =~ tr/-/_/r;
    $key = 'CONTENT_TYPE' if lc $name eq 'content-type';
    $body .= " $name=" . ($ENV{$key} // 'none');
}
if ($ENV{CONTENT_LENGTH}) {
    read STDIN, my $sent, $ENV{CONTENT_LENGTH};
    $body .= " $sent";
}

my $status = $query{status} ? $query{status}[0] : 200;
my $type = $query{type} ? $query{type}[0] : 'text/plain';
print "Status: $status Made\n";
print "Content-Type: $type\n" unless $status == 204 || $status == 304;
print s/:/: /r, "\n" for @{ $query{header} };
print "\n";
print $body unless $status == 204 || $status == 304
    || $ENV{REQUEST_METHOD} eq 'HEAD';
