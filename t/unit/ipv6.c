/* Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

/* IPv6 addresses in the patterns of administrators. */

#include <arpa/inet.h>

#include "../../src/core/cors_origin.h"

#include "lists.h"

/* WHATWG URL, "IPv6 serializer": the first of the longest runs of at least two
 * zeros is left out, letters are small, nothing is dotted. */
static void test_ipv6(apr_pool_t *pool)
{
    static const struct {
        const char *address, *want;
    } cases[] = {
        { "::1", "::1" },
        { "0:0:0:0:0:0:0:1", "::1" },
        { "0000:0000:0000:0000:0000:0000:0000:0001", "::1" },
        { "::0001", "::1" },
        { "0::1", "::1" },
        { "0:0::0:1", "::1" },
        { "::0.0.0.1", "::1" },
        { "::", "::" },
        { "0::", "::" },
        { "0:0:0:0:0:0:0:0", "::" },
        { "::0.0.0.0", "::" },
        { "::ffff:192.0.2.1", "::ffff:c000:201" },
        { "::FFFF:192.0.2.1", "::ffff:c000:201" },
        { "::ffff:c000:0201", "::ffff:c000:201" },
        { "0:0:0:0:0:FFFF:C000:201", "::ffff:c000:201" },
        { "::192.0.2.1", "::c000:201" },
        { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
        { "::ffff:0.0.0.0", "::ffff:0:0" },
        { "2001:DB8::1", "2001:db8::1" },
        { "2001:0db8:0000:0000:0000:ff00:0042:8329",
          "2001:db8::ff00:42:8329" },
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:db8::1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:db8:0:0:1::1", "2001:db8::1:0:0:1" },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
        { "2001::1:0:0:0:1", "2001:0:0:1::1" },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1" },
        { "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
        { "1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0" },
        { "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
        { "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
        { "0:0:3:4:5:6:7:8", "::3:4:5:6:7:8" },
        { "1:0:0:0:0:0:0:0", "1::" },
        { "0:0:1:0:0:0:0:0", "0:0:1::" },
        { "0:0:0:0:1:0:0:0", "::1:0:0:0" },
        { "0:0:2:0:0:0:0:3", "0:0:2::3" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
        { "FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:255.255.255.255",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *got = NULL;

        is_str(cors_origin_pattern(&got,
                                   apr_psprintf(pool, "http://[%s]:8080",
                                                cases[i].address), pool),
               NULL, "[%s] is an address", cases[i].address);
        is_str(got, apr_psprintf(pool, "http://[%s]:8080", cases[i].want),
               "[%s] becomes [%s]", cases[i].address, cases[i].want);
    }
}

/* Spellings of one random address; few of its groups are not zero. */
static const char *spell(const unsigned char *address, int dotted,
                         apr_pool_t *pool)
{
    const char *text = "http://[";
    int i;

    for (i = 0; i < (dotted ? 12 : 16); i += 2) {
        text = apr_psprintf(pool, roll(2) ? "%s%s%04X" : "%s%s%x", text,
                            i ? ":" : "",
                            (unsigned int)(address[i] << 8 | address[i + 1]));
    }
    return dotted ? apr_psprintf(pool, "%s:%u.%u.%u.%u]", text, address[12],
                                 address[13], address[14], address[15])
                  : apr_pstrcat(pool, text, "]", NULL);
}

/* Against inet_ntop(), where that writes no dotted part. */
static void test_ipv6_random(apr_pool_t *pool)
{
    const char *wrong = NULL;
    int i;

    for (i = 0; i < 2000 && !wrong; i++) {
        unsigned char address[16] = { 0 };
        char want[INET6_ADDRSTRLEN];
        const char *a = NULL;
        const char *b = NULL;
        int j;

        for (j = 0; j < 16; j++) {
            address[j] = roll(3) ? 0 : (unsigned char)roll(256);
        }
        address[0] |= 1;
        inet_ntop(AF_INET6, address, want, sizeof(want));
        if (cors_origin_pattern(&a, spell(address, 0, pool), pool)
            || cors_origin_pattern(&b, spell(address, 1, pool), pool)
            || strcmp(a, b)
            || strcmp(a, apr_psprintf(pool, "http://[%s]", want))) {
            wrong = apr_pstrdup(pool, want);
        }
    }
    is_str(wrong, NULL, "every spelling of 2000 addresses becomes the form "
           "of the system's library");
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_ipv6(pool);
    test_ipv6_random(pool);
    return tap_end(pool);
}
