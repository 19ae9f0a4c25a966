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

/* Origins as browsers send them; pattern.c has those that admins write. */

#include "../../src/core/cors_origin.h"

#include "lists.h"

static void test_well_formed(void)
{
    static const struct {
        const char *text, *host, *rest, *rule;
    } cases[] = {
        { "https://example.com", "example.com", "", "scheme and host" },
        { "http://example.com", "example.com", "", "any scheme" },
        { "https://example.com:8443", "example.com", ":8443", "a port" },
        { "https://example.com:1", "example.com", ":1", "the lowest port" },
        { "https://example.com:65535", "example.com", ":65535",
          "the highest port" },
        { "http://localhost", "localhost", "", "one label" },
        { "http://a", "a", "", "one letter" },
        { "https://a.b.c.d.example.com", "a.b.c.d.example.com", "",
          "many labels" },
        { "https://xn--bcher-kva.example", "xn--bcher-kva.example", "",
          "a Unicode host in its ASCII form" },
        { "https://my_app.example.com", "my_app.example.com", "",
          "an underscore, which exists in the wild" },
        { "https://-a-.example.com", "-a-.example.com", "",
          "hyphens anywhere" },
        { "https://example.com.", "example.com.", "", "the root's dot" },
        { "https://example.com.:8443", "example.com.", ":8443",
          "the root's dot and a port" },
        { "https://1a.2b", "1a.2b", "", "digits in labels" },
        { "http://127.0.0.1:3000", "127.0.0.1", ":3000", "IPv4" },
        { "http://[::1]", "[::1]", "", "IPv6" },
        { "http://[::1]:8080", "[::1]", ":8080", "IPv6 and a port" },
        { "http://[::]", "[::]", "", "the unspecified address" },
        { "http://[2001:db8::ff00:42:8329]", "[2001:db8::ff00:42:8329]", "",
          "IPv6 with groups" },
        { "capacitor://localhost", "localhost", "", "a custom scheme" },
        { "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
          "abcdefghijklmnopabcdefghijklmnop", "", "a scheme with a hyphen" },
        { "web+a1.b://x", "x", "", "all that a scheme may have" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        const apr_size_t host_len = strlen(cases[i].host);
        cors_origin_t origin = { NULL, 0, 0, 0 };

        if (!ok(cors_origin_read(&origin, text), "\"%s\" is well-formed: %s",
                text, cases[i].rule)) {
            continue;
        }
        ok(origin.text == text && origin.len == strlen(text)
           && !cors_origin_is_null(&origin), "\"%s\" is read whole", text);
        ok(origin.host_end - origin.host == host_len
           && !strncmp(text + origin.host, cases[i].host, host_len),
           "\"%s\" has the host \"%s\"", text, cases[i].host);
        is_str(text + origin.host_end, cases[i].rest,
               "\"%s\" has \"%s\" behind its host", text, cases[i].rest);
    }
}

static void test_null(void)
{
    cors_origin_t origin = { NULL, 0, 9, 9 };

    ok(cors_origin_read(&origin, "null"), "\"null\" is well-formed");
    ok(cors_origin_is_null(&origin), "\"null\" is the opaque origin");
    is_int(origin.len, 4, "\"null\" has four bytes");
    is_int(origin.host_end, 0, "\"null\" has no host");
}

static const struct {
    const char *text, *rule;
} malformed[] = {
    { "", "nothing" },
    { "*", "a wildcard" },
    { "NULL", "null in capitals" },
    { "Null", "null in other case" },
    { "nullx", "null and more" },
    { " null", "white space before null" },
    { "null ", "white space behind null" },
    { "null, null", "null twice" },
    { "null://", "null is no scheme without a host" },
    { "HTTPS://example.com", "a scheme in capitals" },
    { "Https://example.com", "one capital in the scheme" },
    { "https://Example.com", "a capital in the host" },
    { "https://EXAMPLE.COM", "a host in capitals" },
    { "https://example.com/", "a trailing slash" },
    { "https://example.com/path", "a path" },
    { "https://example.com:443/", "a trailing slash behind a port" },
    { "https://example.com?q", "a query" },
    { "https://example.com#f", "a fragment" },
    { "https://example.com\\", "a backslash" },
    { "https://user@example.com", "user info" },
    { "https://user:pass@example.com", "user info with a password" },
    { "https://@example.com", "empty user info" },
    { "https://", "no host" },
    { "https://:8443", "a port without a host" },
    { "https://.", "a dot alone" },
    { "https://.example.com", "a leading dot" },
    { "https://a..example.com", "an empty label" },
    { "https://example.com..", "two trailing dots" },
    { "https://example..", "an empty label at the end" },
    { "example.com", "no scheme" },
    { "//example.com", "nothing before the slashes" },
    { "://example.com", "an empty scheme" },
    { "https:", "a scheme alone" },
    { "https:/", "one slash" },
    { "https:/example.com", "one slash and a host" },
    { "https:example.com", "no slash" },
    { "https:///example.com", "three slashes" },
    { "1http://example.com", "a scheme that begins with a digit" },
    { "+a://example.com", "a scheme that begins with a sign" },
    { "ht_tp://example.com", "an underscore in the scheme" },
    { "ht tp://example.com", "a space in the scheme" },
    { "https://example.com:", "an empty port" },
    { "https://example.com:0", "port 0" },
    { "https://example.com:00", "port 0 twice" },
    { "https://example.com:0443", "a leading zero" },
    { "https://example.com:065535", "a leading zero of six digits" },
    { "https://example.com:65536", "a port one too high" },
    { "https://example.com:99999", "the highest five digits" },
    { "https://example.com:655350", "six digits" },
    { "https://example.com:100000", "the lowest six digits" },
    { "https://example.com:4294967739", "443 after an overflow of 32 bits" },
    { "https://example.com:18446744073709552059",
      "443 after an overflow of 64 bits" },
    { "https://example.com:-1", "a negative port" },
    { "https://example.com:+443", "a sign" },
    { "https://example.com:8a", "a letter in the port" },
    { "https://example.com:*", "a wildcard for the port" },
    { "https://example.com:443:443", "two ports" },
    { "https://example.com::443", "two colons" },
    { "https://*.example.com", "a wildcard in the host" },
    { "https://*", "a wildcard for the host" },
    { "http://[]", "empty brackets" },
    { "http://[::1", "no closing bracket" },
    { "http://::1", "no brackets" },
    { "http://::1]", "no opening bracket" },
    { "http://[::1]]", "two closing brackets" },
    { "http://[[::1]]", "double brackets" },
    { "http://[::1]x", "text behind the brackets" },
    { "http://[::1].", "a dot behind the brackets" },
    { "http://[::1]:", "an empty port behind the brackets" },
    { "http://[::1]:0", "port 0 behind the brackets" },
    { "http://[::1]:65536", "a port too high behind the brackets" },
    { "http://[::A]", "a capital in the brackets" },
    { "http://[::g]", "no hexadecimal digit in the brackets" },
    { "http://[fe80::1%eth0]", "a zone" },
    { "http://[fe80::1%25eth0]", "an escaped zone" },
    { "http://[example.com]", "a name in the brackets" },
    { "http://a[::1]", "a label before the brackets" },
    { "http://[:::]", "no address in the brackets" },
    { "http://[1.2.3.4]", "IPv4 in the brackets" },
    { "http://[1:2:3]", "too few groups" },
    { "http://[1::2::3]", "two runs of zeros" },
    { "http://[12345::]", "a group of five digits" },
    { " https://example.com", "white space before it" },
    { "https://example.com ", "white space behind it" },
    { "\thttps://example.com", "a tab before it" },
    { "https://example.com\t", "a tab behind it" },
    { "https:// example.com", "white space before the host" },
    { "https://exam ple.com", "white space in the host" },
    { "https://a.example https://b.example", "two origins" },
    { "https://a.example, https://b.example", "two fields joined" },
    { "https://a.example,https://b.example", "two joined by a comma" },
    { "https://a.example,", "a comma behind it" },
    { ",https://a.example", "a comma before it" },
    { "https://a.example null", "an origin and null" },
    { "null https://a.example", "null and an origin" },
    { "https://a.example;", "a semicolon" },
    { "\"https://a.example\"", "quotes" },
    { "<https://a.example>", "angle brackets" },
    { "https://a.example\r\nX: y", "a line break" },
    { "https://a.example\n", "a line feed" },
    { "https://a\x01.example", "a control character" },
    { "https://a.example\x7f", "DEL" },
    { "https://b\xc3\xbc" "cher.example", "UTF-8" },
    { "https://a.example\xa0", "a byte over 127" },
    { "https://a%2eexample", "a percent escape" },
    { "https://a'b.example", "a quote in the host" },
    { "https://a`b.example", "a backtick in the host" },
    { "https://a{}.example", "braces in the host" },
    { "https://a<script>.example", "markup in the host" },
    { "https://a!b.example", "punctuation in the host" }
};

static void test_malformed(void)
{
    unsigned int i;

    for (i = 0; i < COUNT(malformed); i++) {
        cors_origin_t origin;

        ok(!cors_origin_read(&origin, malformed[i].text),
           "\"%s\" is malformed: %s", malformed[i].text, malformed[i].rule);
    }
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* At each place of an origin every byte is tried. */
static void test_bytes(apr_pool_t *pool)
{
    static const struct {
        const char *format, *want, *what;
    } cases[] = {
        { "%ca://b", LETTERS, "begin a scheme" },
        { "a%cb://c", "+-.0123456789" LETTERS, "stand in a scheme" },
        { "a%c://b", "+-.0123456789" LETTERS, "end a scheme" },
        { "a://%cb", "-0123456789_" LETTERS, "begin a host" },
        { "a://b%cc", "-.0123456789_" LETTERS, "stand in a host" },
        { "a://b%c", "-.0123456789_" LETTERS, "end a host" },
        { "a://[1::%c]", "0123456789abcdef", "stand in brackets" },
        { "a://[1::1%c1]", "0123456789:abcdef", "stand between groups" },
        { "a://b:%c", "123456789", "begin a port" },
        { "a://b:1%c", "0123456789", "end a port" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        char got[256] = "";
        size_t n = 0;
        int c;

        for (c = 1; c < 256; c++) {
            cors_origin_t origin;

            if (cors_origin_read(&origin, apr_psprintf(pool, cases[i].format,
                                                       c))) {
                got[n++] = (char)c;
            }
        }
        got[n] = '\0';
        is_str(got, cases[i].want, "the bytes that may %s", cases[i].what);
    }
}

/* A text of len bytes, or a few less if the filler does not fit. */
static const char *filled(const char *start, const char *filler,
                          const char *end, apr_size_t len, apr_pool_t *pool)
{
    const apr_size_t rest = len - strlen(start) - strlen(end);

    return apr_pstrcat(pool, start, repeat(filler, rest / strlen(filler),
                                           pool), end, NULL);
}

static void test_length(apr_pool_t *pool)
{
    static const struct {
        const char *start, *filler, *end, *what;
    } cases[] = {
        { "https://", "a", "", "a host" },
        { "https://", "a", ":65535", "a host with a port" },
        { "https://a", "a.", "b", "labels" },
        { "x", "y", "://a", "a scheme" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        static const apr_size_t lengths[] = { 510, 512, 513, 514, 515, 8192 };
        unsigned int j;

        for (j = 0; j < COUNT(lengths); j++) {
            const char *text = filled(cases[i].start, cases[i].filler,
                                      cases[i].end, lengths[j], pool);

            cors_origin_t origin;

            is_int(cors_origin_read(&origin, text), strlen(text) <= 512,
                   "%lu bytes of %s are %s", (unsigned long)strlen(text),
                   cases[i].what,
                   strlen(text) <= 512 ? "well-formed" : "malformed");
        }
    }
}

/* Long texts of each class of bytes end the reading, and are malformed. */
static void test_hostile(apr_pool_t *pool)
{
    static const struct {
        const char *start, *filler, *end;
    } cases[] = {
        { "", "a", "" },
        { "", "://", "" },
        { "https://", ".", "" },
        { "https://", "a..", "" },
        { "https://a:", "1", "" },
        { "https://a:", "0", "" },
        { "http://[", ":", "]" },
        { "http://[", "f", "" },
        { "http://[", "f", "]" },
        { "http://[::", "0", "1]" },
        { "http://", "[", "" },
        { "https://a.example", " https://a.example", "" },
        { "null", ", null", "" },
        { "", " ", "" },
        { "", "\xff", "" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        cors_origin_t origin;

        ok(!cors_origin_read(&origin, filled(cases[i].start, cases[i].filler,
                                             cases[i].end, 8192, pool)),
           "8 KB of \"%s%s\" are malformed", cases[i].start,
           cases[i].filler);
    }
    for (i = 30; i < 70; i++) {
        cors_origin_t origin;

        ok(!cors_origin_read(&origin, filled("http://[", "f", "]", i, pool)),
           "%u bytes of \"http://[f\" are malformed", i);
    }
}

/* A field ends at the first NUL, whatever stands behind it in memory. */
static void test_nul(void)
{
    static const char text[] = "https://a.example\0.evil.example";
    static const char in_port[] = "https://a.example:44\0003";
    cors_origin_t origin;

    ok(cors_origin_read(&origin, text), "a NUL ends an origin");
    is_int(origin.len, strlen("https://a.example"),
           "what follows a NUL is not read");
    ok(cors_origin_read(&origin, in_port), "a NUL ends a port");
    is_int(origin.len, strlen("https://a.example:44"),
           "what follows a NUL is no port");
}

static void test_equals(void)
{
    static const struct {
        const char *origin, *scheme, *host;
        unsigned int port;
        int want;
        const char *rule;
    } cases[] = {
        { "https://a.example", "https", "a.example", 443, 1,
          "the default port of https is left out" },
        { "http://a.example", "http", "a.example", 80, 1,
          "and so is that of http" },
        { "https://a.example:443", "https", "a.example", 443, 1,
          "or it is written" },
        { "https://a.example:8443", "https", "a.example", 8443, 1,
          "another port is written" },
        { "https://a.example", "https", "A.Example", 443, 1,
          "the client's case does not matter" },
        { "http://[::1]:8080", "http", "[::1]", 8080, 1, "IPv6" },
        { "http://[::1]:8080", "http", "::1", 8080, 1,
          "IPv6 without brackets, as httpd has it" },
        { "http://[::1]", "http", "::2", 80, 0, "another address" },
        { "http://[::1]", "http", "::1]", 80, 0, "half a bracket" },
        { "https://a.example", "http", "a.example", 443, 0,
          "another scheme" },
        { "http://a.example", "https", "a.example", 80, 0,
          "another scheme, longer" },
        { "http://a.example", "https", "a.example", 443, 0,
          "another scheme on its own port" },
        { "https://a.example", "https", "a.example", 8443, 0,
          "another port than the default one" },
        { "https://a.example:8443", "https", "a.example", 443, 0,
          "the default port and another one" },
        { "https://a.example:8443", "http", "a.example", 8443, 0,
          "a shorter scheme on the same port" },
        { "http://a.example:8443", "https", "a.example", 8443, 0,
          "a longer scheme on the same port" },
        { "abcd://a.example:80", "http", "a.example", 80, 0,
          "another scheme as long" },
        { "https://a.example", "https", "a.example", 80, 0,
          "the default port of the other scheme" },
        { "https://a.example", "https", "b.example", 443, 0,
          "another host" },
        { "https://a.example", "https", "a.exampl", 443, 0,
          "a shorter host" },
        { "https://a.example", "https", "a.example.com", 443, 0,
          "a longer host" },
        { "https://x.a.example", "https", "a.example", 443, 0,
          "a subdomain" },
        { "https://a.example.", "https", "a.example", 443, 1,
          "a dot at the end, which httpd takes away" },
        { "https://a.exampl.", "https", "a.example", 443, 0,
          "a dot for a letter" },
        { "https://a.example", "https", "", 443, 0, "no host" },
        { "null", "https", "a.example", 443, 0,
          "null equals nothing (Fetch: opaque origins)" },
        { "null", "", "", 0, 0, "not even nothing" },
        { "app://a.example", "app", "a.example", 443, 0,
          "a custom scheme has no default port" },
        { "app://a.example", "app", "a.example", 1, 0,
          "whatever the port" },
        { "app://a.example:81", "app", "a.example", 81, 1,
          "but may have one" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        cors_origin_t origin;

        ok(cors_origin_read(&origin, cases[i].origin)
           && cors_origin_equals(&origin, cases[i].scheme, cases[i].host,
                                 cases[i].port) == cases[i].want,
           "\"%s\" %s %s://%s:%u: %s", cases[i].origin,
           cases[i].want ? "is" : "is not", cases[i].scheme, cases[i].host,
           cases[i].port, cases[i].rule);
    }
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_well_formed();
    test_null();
    test_malformed();
    test_bytes(pool);
    test_length(pool);
    test_hostile(pool);
    test_nul();
    test_equals();
    return tap_end(pool);
}
