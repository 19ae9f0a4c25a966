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

/* Origins as administrators write them: the form that they are brought into,
 * and what is said of those that no browser can send.  ipv6.c has the addresses. */

#include "../../src/core/cors_origin.h"

#include "lists.h"

static void test_canonical(apr_pool_t *pool)
{
    static const struct {
        const char *entry, *want, *rule;
    } cases[] = {
        { "null", "null", "the opaque origin" },
        { "*", "*", "every origin" },
        { "https://example.com", "https://example.com", "stays" },
        { "HTTPS://EXAMPLE.COM", "https://example.com",
          "capitals are folded" },
        { "https://Example.Com:8443", "https://example.com:8443",
          "also before a port" },
        { "https://example.com:443", "https://example.com",
          "https :443 is folded away" },
        { "http://example.com:80", "http://example.com",
          "http :80 is folded away" },
        { "HTTPS://example.com:443", "https://example.com",
          "whatever the case of the scheme" },
        { "app://example.com:1", "app://example.com:1",
          "a custom scheme leaves no port out" },
        { "http://example.com:443", "http://example.com:443",
          "http :443 stays" },
        { "https://example.com:80", "https://example.com:80",
          "https :80 stays" },
        { "ws://example.com:80", "ws://example.com:80",
          "another scheme keeps its :80" },
        { "httpss://example.com:443", "httpss://example.com:443",
          "a longer scheme is another one" },
        { "app://example.com:443", "app://example.com:443",
          "a custom scheme keeps its :443" },
        { "https://example.com:1", "https://example.com:1",
          "the lowest port" },
        { "https://example.com:65535", "https://example.com:65535",
          "the highest port" },
        { "https://*.example.com", "https://*.example.com", "subdomains" },
        { "https://*.EXAMPLE.com", "https://*.example.com",
          "capitals behind a wildcard" },
        { "https://*.example.com:443", "https://*.example.com",
          "a default port behind a wildcard" },
        { "https://*.example.com:8443", "https://*.example.com:8443",
          "subdomains and a port" },
        { "http://localhost:*", "http://localhost:*", "any port" },
        { "HTTP://LOCALHOST:*", "http://localhost:*",
          "any port, in capitals" },
        { "https://*.example.com:*", "https://*.example.com:*", "both" },
        { "https://*.a", "https://*.a", "subdomains of one label" },
        { "http://127.0.0.1", "http://127.0.0.1", "IPv4" },
        { "http://127.0.0.1:*", "http://127.0.0.1:*", "IPv4, any port" },
        { "http://255.255.255.255", "http://255.255.255.255",
          "the highest IPv4" },
        { "http://0.0.0.0:80", "http://0.0.0.0", "IPv4, default port" },
        { "http://[::1]:8080", "http://[::1]:8080", "IPv6" },
        { "http://[::1]:80", "http://[::1]", "IPv6, default port" },
        { "http://[::1]:*", "http://[::1]:*", "IPv6, any port" },
        { "capacitor://localhost", "capacitor://localhost",
          "a custom scheme" },
        { "Chrome-Extension://abcdef", "chrome-extension://abcdef",
          "an extension" },
        { "web+a1.b://x", "web+a1.b://x", "all that a scheme may have" },
        { "https://my_app.example", "https://my_app.example",
          "an underscore" },
        { "https://xn--bcher-kva.example", "https://xn--bcher-kva.example",
          "an xn-- form" },
        { "https://example.com.", "https://example.com.", "the root's dot" },
        { "https://1a.2b", "https://1a.2b", "digits, but no number" },
        { "https://0xyz", "https://0xyz", "0x, but no number" },
        { "https://1.2.3.4.com", "https://1.2.3.4.com",
          "numbers before a name" }
    };
    unsigned int i;

    for (i = 0; i < COUNT(cases); i++) {
        const char *got = NULL;

        is_str(cors_origin_pattern(&got, cases[i].entry, pool), NULL,
               "\"%s\" is no fault", cases[i].entry);
        is_str(got, cases[i].want, "\"%s\" becomes \"%s\": %s",
               cases[i].entry, cases[i].want, cases[i].rule);
        if (!strcmp(cases[i].entry, cases[i].want)) {
            ok(got == cases[i].entry, "\"%s\" is not copied",
               cases[i].entry);
        }
    }
}

/* What can come out can go in, and a browser can send it. */
static void test_stable(apr_pool_t *pool)
{
    static const char *const entries[] = {
        "HTTPS://EXAMPLE.com:443", "http://[::FFFF:192.0.2.1]:80",
        "app://A:1", "https://example.com.:443", "http://[0:0::]:65535"
    };
    unsigned int i;

    for (i = 0; i < COUNT(entries); i++) {
        const char *first = NULL;
        const char *second = NULL;
        cors_origin_t origin;

        ok(!cors_origin_pattern(&first, entries[i], pool)
           && !cors_origin_pattern(&second, first, pool) && first == second,
           "the form of \"%s\" is its own form", entries[i]);
        ok(cors_origin_read(&origin, first),
           "the form of \"%s\" is an origin", entries[i]);
    }
}

#define EXAMPLE "write for example \"https://example.com\""
#define IPV6 "write for example \"http://[::1]:8080\""
#define IPV4 "write four decimal numbers, as in \"http://192.0.2.1\""
#define HOST "a host has letters, digits, \"-\", \"_\" and \".\""
#define STAR "has a wildcard where none can stand: \"*.\" begins the host " \
             "and stands for one or more labels, \":*\" stands for any " \
             "port, as in \"https://*.example.com:*\"; use " \
             "CorsAllowOriginMatch for anything else"
#define BARE "has a wildcard before an address: an address has no " \
             "subdomains, write it without \"*.\""
#define PORT "has a port that is no number: write a number from 1 to 65535, " \
             "or \":*\" for any port"
#define RANGE "has a port out of range: write a number from 1 to 65535"
#define LABEL "has an empty label in its host: write one dot between two " \
              "labels"
#define COMMA "has a comma: separate origins with spaces"
#define ASCII "has a host that is not ASCII: write its xn-- form, as " \
              "browsers send it"
#define FILE_URL "is no origin: browsers send \"null\" for file: pages, and " \
                 "allowing \"null\" allows every site"

/* An entry with one fault, and what is said behind the entry. */
static const struct {
    const char *entry, *want;
} faults[] = {
    { "https://example.com/",
      "has a trailing slash: write \"https://example.com\"" },
    { "https://Example.com:8443/",
      "has a trailing slash: write \"https://example.com:8443\"" },
    { "https://*.example.com:*/",
      "has a trailing slash: write \"https://*.example.com:*\"" },
    { "http://example.com/",
      "has a trailing slash: write \"http://example.com\"" },
    { "App://Example:81/",
      "has a trailing slash: write \"app://example:81\"" },
    { "https://example.com/a/b",
      "has a path: write \"https://example.com\"" },
    { "https://example.com//", "has a path: write \"https://example.com\"" },
    { "https://example.com/*", "has a path: write \"https://example.com\"" },
    { "https://example.com\\a", "has a path: write \"https://example.com\"" },
    { "https://example.com/?a",
      "has a path: write \"https://example.com\"" },
    { "https://example.com?a=b/c",
      "has a query: write \"https://example.com\"" },
    { "https://example.com#a",
      "has a fragment: write \"https://example.com\"" },
    { "https://me@example.com",
      "has user information: write \"https://example.com\"" },
    { "https://me:secret@example.com:8443",
      "has user information: write \"https://example.com:8443\"" },
    { "https://a@b@example.com",
      "has user information: write \"https://example.com\"" },
    { "https://@example.com",
      "has user information: write \"https://example.com\"" },
    { "example.com", "has no scheme: write \"https://example.com\"" },
    { "*.example.com", "has no scheme: write \"https://*.example.com\"" },
    { "//example.com", "has no scheme: write \"https://example.com\"" },
    { "localhost:3000", "has no scheme: write \"https://localhost:3000\"" },
    { "http:/example.com", "has no scheme: write \"http://example.com\"" },
    { "https:/example.com", "has no scheme: write \"https://example.com\"" },
    { "HTTP:example.com", "has no scheme: write \"http://example.com\"" },
    { "http:localhost", "has no scheme: write \"http://localhost\"" },
    { "https:a:81", "has no scheme: write \"https://a:81\"" },
    { "example.com/a", "has no scheme: write \"https://example.com\"" },
    { "me@example.com/a", "has no scheme: write \"https://example.com\"" },
    { "[::1]:80", "has no scheme: write \"https://[::1]:80\"" },
    { "://example.com", "has no valid scheme: " EXAMPLE },
    { "1http://example.com", "has no valid scheme: " EXAMPLE },
    { "ht_tp://example.com", "has no valid scheme: " EXAMPLE },
    { "ht tp://example.com", "has no valid scheme: " EXAMPLE },
    { " https://example.com", "has no valid scheme: " EXAMPLE },
    { "http\xc3\xa9://example.com", "has no valid scheme: " EXAMPLE },
    { "*://example.com",
      "has a wildcard for its scheme: write an entry for each scheme" },
    { "http*://example.com",
      "has a wildcard for its scheme: write an entry for each scheme" },
    { "file://", FILE_URL },
    { "FILE://host", FILE_URL },
    { "https://", "has no host: " EXAMPLE },
    { "https://:8443", "has no host: " EXAMPLE },
    { "https://*.", "has no host: " EXAMPLE },
    { "https://*.:8443", "has no host: " EXAMPLE },
    { "https://*", STAR },
    { "https://*:8443", STAR },
    { "https://*example.com", STAR },
    { "https://example.*", STAR },
    { "https://www.*.example.com", STAR },
    { "https://*.*.example.com", STAR },
    { "https://**.example.com", STAR },
    { "https://.example.com", LABEL },
    { "https://.", LABEL },
    { "https://a..example.com", LABEL },
    { "https://example.com..", LABEL },
    { "https://*..example.com", LABEL },
    { "https://b\xc3\xbc" "cher.example", ASCII },
    { "https://*.b\xc3\xbc" "cher.example", ASCII },
    { "https://exam ple.com", "has a \" \" in its host: " HOST },
    { "https://example.com,", COMMA },
    { ",https://example.com", COMMA },
    { "https://a.example,https://b.example", COMMA },
    { "https://a.example,b.example", COMMA },
    { "https://example.com;", "has a \";\" in its host: " HOST },
    { "https://ex%61mple.com", "has a \"%\" in its host: " HOST },
    { "https://example.com]", "has a \"]\" in its host: " HOST },
    { "https://\"a.example\"", "has a \"\"\" in its host: " HOST },
    { "https://example.com:", PORT },
    { "https://example.com:http", PORT },
    { "https://example.com:80a", PORT },
    { "https://example.com:8*", PORT },
    { "https://example.com:**", PORT },
    { "https://example.com:-1", PORT },
    { "https://example.com:80:80", PORT },
    { "http://::1", PORT },
    { "https://example.com:80 ", PORT },
    { "https://example.com:0", RANGE },
    { "https://example.com:00000", RANGE },
    { "https://example.com:65536", RANGE },
    { "https://example.com:99999", RANGE },
    { "https://example.com:100000", RANGE },
    { "https://example.com:4294967739", RANGE },
    { "https://example.com:0443",
      "has a port with leading zeros: write \":443\"" },
    { "http://[::1]:08080",
      "has a port with leading zeros: write \":8080\"" },
    { "http://[::1", "has a broken IPv6 address: " IPV6 },
    { "http://[::1]x", "has a broken IPv6 address: " IPV6 },
    { "http://[::1].example.com", "has a broken IPv6 address: " IPV6 },
    { "http://[::1]]", "has a broken IPv6 address: " IPV6 },
    { "http://[]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[:::]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[1:2:3]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[1::2::3]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[1:2:3:4:5:6:7:8:9]",
      "has no IPv6 address in its brackets: " IPV6 },
    { "http://[12345::]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[g::]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[127.0.0.1]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[::1.2.3]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[::256.0.0.1]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://[fe80::1%eth0]",
      "has no IPv6 address in its brackets: " IPV6 },
    { "http://[*]", "has no IPv6 address in its brackets: " IPV6 },
    { "http://*.[::1]", BARE },
    { "http://*.127.0.0.1", BARE },
    { "http://127.0.0", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://127.1", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://1.2.3.4.5", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://256.0.0.1", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://127.0.0.01", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://2130706433", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://0x7f000001", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://0x", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://127.0.0.0X1", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://example.1", "ends in a number but is no IPv4 address: " IPV4 },
    { "http://*.1", "ends in a number but is no IPv4 address: " IPV4 }
};

/* The text that a message proposes in place of an entry, or NULL. */
static const char *mend(const char *entry, const char *message,
                        apr_pool_t *pool)
{
    static const char *const proposals[] = {
        "write \"", "write for example \"", "as in \""
    };
    const char *text = NULL;
    unsigned int i;

    message += strlen(entry) + 2;
    for (i = 0; i < COUNT(proposals) && !text; i++) {
        text = strstr(message, proposals[i]);
        text = text ? text + strlen(proposals[i]) : NULL;
    }
    if (!text) {
        return NULL;
    }
    text = apr_pstrmemdup(pool, text, strcspn(text, "\""));
    return *text == ':'
           ? apr_psprintf(pool, "%.*s%s", (int)(strrchr(entry, ':') - entry),
                          entry, text)
           : text;
}

static void check_mend(const char *entry, const char *message,
                       apr_pool_t *pool)
{
    const char *text = mend(entry, message, pool);
    const char *canonical;

    if (text) {
        is_str(cors_origin_pattern(&canonical, text, pool), NULL,
               "\"%s\", proposed for \"%s\", is accepted", text, entry);
    }
}

static void test_faults(apr_pool_t *pool)
{
    unsigned int i;

    for (i = 0; i < COUNT(faults); i++) {
        const char *entry = faults[i].entry;
        const char *unused;
        const char *got = cors_origin_pattern(&unused, entry, pool);

        if (is_str(got, apr_psprintf(pool, "\"%s\" %s", entry,
                                     faults[i].want),
                   "\"%s\" is a fault with its mend", entry)) {
            check_mend(entry, got, pool);
        }
    }
}

/* Where more than one thing is wrong, what is proposed is free of all. */
static void test_many_faults(apr_pool_t *pool)
{
    static const char *const entries[] = {
        "", "example.com/", "example.com/path", "*.example.com/",
        "https:/example.com", "https:example.com", ".example.com",
        "exam ple.com", "example.com:99999", "me@example.com",
        "mailto:me@example.com", "*example.com", "*:8080",
        "https:///example.com", "https:///", "https://me@",
        "https://me@example.com/", "https://me@example.com?q",
        "https://*example.com/", "https://example.com:443x/",
        "https://a.example https://b.example", "https:////example.com/",
        "HTTPS:/EXAMPLE.com", "a/b://c/", "://example.com/", "@", "/", "://",
        "/a@b:c?d#e",
        "https://https://example.com", "file:///", "file:///home/me/a.html",
        "file://me@host", "1http://example.com/", "*://example.com/"
    };
    unsigned int i;

    for (i = 0; i < COUNT(entries); i++) {
        const char *unused;
        const char *got = cors_origin_pattern(&unused, entries[i], pool);

        if (ok(got != NULL, "\"%s\" is a fault", entries[i])) {
            check_mend(entries[i], got, pool);
        }
    }
}

/* What a browser rewrites before it sends it can never match. */
static void test_unsendable(apr_pool_t *pool)
{
    static const char *const entries[] = {
        "http://127.0.0.1.", "http://1.", "http://0x7f.", "http://*.1.2.3.4.",
        "http://1.2.3.4.5."
    };
    unsigned int i;

    for (i = 0; i < COUNT(entries); i++) {
        const char *unused;

        ok(cors_origin_pattern(&unused, entries[i], pool) != NULL,
           "\"%s\" is a fault: a number before the root's dot is an address",
           entries[i]);
    }
}

static void test_length(apr_pool_t *pool)
{
    static const apr_size_t lengths[] = { 511, 512, 513, 514, 8192 };
    unsigned int i;

    for (i = 0; i < COUNT(lengths); i++) {
        const char *entry = apr_pstrcat(pool, "https://",
                                        repeat("a", lengths[i] - 8, pool),
                                        NULL);
        const char *canonical = NULL;
        const char *want = lengths[i] <= 512 ? NULL : apr_psprintf(pool,
            "\"%s\" is too long: an origin has at most 512 bytes", entry);

        is_str(cors_origin_pattern(&canonical, entry, pool), want,
               "a pattern of %lu bytes is %s", (unsigned long)lengths[i],
               want ? "too long" : "accepted");
    }
}

int main(void)
{
    apr_pool_t *pool = tap_begin();

    test_canonical(pool);
    test_stable(pool);
    test_faults(pool);
    test_many_faults(pool);
    test_unsendable(pool);
    test_length(pool);
    return tap_end(pool);
}
