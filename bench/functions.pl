#!/usr/bin/perl
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

# What the functions of mod_cors.so cost per request, from callgrind's files.
#
#   functions.pl MODULE BARE FEW MANY
#
# MODULE.FEW, MODULE.MANY, BARE.FEW and BARE.MANY are what callgrind has written
# of so many requests, with the module and without it.
#
# Prints the module's functions: instructions of their own, and with all that
# they call; then what they call outside the module; then all functions of the
# process that have more to do, or less, than without the module.  The compiler
# has put small functions into their callers.  ap_pass_brigade() is the rest of
# the output chain: the module only passes on to it.
#
# Costs under ten instructions are left out.  Reads the files itself, since
# callgrind_annotate leaves out more.

use strict;
use warnings;

my ($module, $bare, $few, $many) = @ARGV;
my $OURS = qr{/mod_cors\.so$};
my $ON = 'ap_pass_brigade';

my (%self, %with, %on, %outside, %calls, %more);
my $total = 0;

read_counts("$module.$many", 1);
read_counts("$module.$few", -1);
read_counts("$bare.$many", -1);
read_counts("$bare.$few", 1);

print "     self      with what it calls\n";
for my $name (sorted(\%with)) {
    my $passed = $on{$name} // 0;
    printf "%9d %9d  %s%s\n", $self{$name} // 0, $with{$name} - $passed, $name,
        $passed ? " (without $ON)" : '';
}
$total += $_ for values %self;
print "               called outside the module\n";
for my $name (sorted(\%outside)) {
    printf "          %9d  %s, %.2f times\n", $outside{$name}, $name,
        $calls{$name};
}
$total += $_ for values %outside;
printf "%9d            in all: the module and what it calls\n", $total;
print "               more than without the module, function by function\n";
my $sum = 0;
for my $name (sorted(\%more)) {
    printf "%+9d            %s\n", $more{$name}, $name;
}
$sum += $_ for values %more;
printf "%+9d            in all\n", $sum;

# Names by their cost, without those that cost next to nothing.
sub sorted {
    my ($cost) = @_;
    return sort { $cost->{$b} <=> $cost->{$a} || $a cmp $b }
           grep { abs($cost->{$_}) >= 10 } keys %$cost;
}

# Add what a file counts, per request, with this sign.
sub read_counts {
    my ($file, $sign) = @_;
    my $per = $sign / ($many - $few);
    my (%object, %function);
    my ($object, $name, $to_object, $to_name, $times) = ('', '', '', '');
    open my $in, '<', $file or die "$file: $!\n";
    while (<$in>) {
        if (/^ob=(.*)/) {
            $object = long(\%object, $1);
        }
        elsif (/^fn=(.*)/) {
            $name = placed(long(\%function, $1), $object);
            $to_object = $object;
        }
        elsif (/^cob=(.*)/) {
            $to_object = long(\%object, $1);
        }
        elsif (/^cfn=(.*)/) {
            $to_name = placed(long(\%function, $1), $to_object);
        }
        elsif (/^calls=(\d+)/) {
            $times = $1;
        }
        elsif (/^[-+*\d]\S* (\d+)$/) {
            my $cost = $1 * $per;
            my $ours = $object =~ $OURS;
            if (!defined $times) {
                $more{$name} += $cost;
                $self{$name} += $cost if $ours;
                $with{$name} += $cost if $ours;
                next;
            }
            if ($ours) {
                $with{$name} += $cost;
                if ($to_name eq $ON) {
                    $on{$name} += $cost;
                }
                elsif ($to_object !~ $OURS) {
                    $outside{$to_name} += $cost;
                    $calls{$to_name} += $times * $per;
                }
            }
            $times = undef;
            $to_object = $object;
        }
    }
}

# A name is written out where it is met first, as "(3) name", and then as "(3)".
sub long {
    my ($names, $text) = @_;
    my ($number, $name) = $text =~ /^\((\d+)\)(?: (.*))?$/ or return $text;
    if (defined $name) {
        # Recursion is told apart by a suffix: that does not matter here.
        $name =~ s/'\d+$//;
        $names->{$number} = $name;
    }
    return $names->{$number};
}

# A function without a symbol is an address: say in which file.
sub placed {
    my ($name, $object) = @_;
    return $name =~ /^0x0*(\w+)$/ ? "$1 in " . ($object =~ s{.*/}{}r) : $name;
}
