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

/*
 * What a verdict costs, of the core alone: see core.sh.
 *
 *   core SIZE TIMES
 *
 * Loads SIZE origins, or for 0 makes lists for what is hostile, and prints a
 * line for each case: its name, nanoseconds a verdict, and whether it grants.
 * Under callgrind it also has a dump written for each, of COUNTED verdicts.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <apr_general.h>
#include <apr_strings.h>
#include <valgrind/callgrind.h>

#include "../src/core/cors_origin.h"
#include "../src/core/cors_policy.h"
#include "../src/core/cors_verdict.h"

#define COUNTED 1000        /* as in core.sh */
#define SPREAD 65536        /* origins of a list that are asked by turns */
#define ROUNDS 5            /* the fastest counts */
#define FIELD 8000          /* httpd takes fields of up to 8190 bytes */
#define WIDTH 48

/* All of one length, whatever the size of the list. */
#define LISTED "https://shop-%07lu.example.com"
#define STRANGER "https://shop-%07lu.example.org"

static apr_pool_t *pool;

/* Processor time: not disturbed by what else the machine does. */
static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Bytes of this process that are in memory. */
static double resident(void)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");

    if (!statm || fscanf(statm, "%*u %lu", &pages) != 1) {
        exit(2);
    }
    fclose(statm);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void die(const char *what)
{
    fprintf(stderr, "core: %s\n", what);
    exit(2);
}

static void allow(cors_policy_t *policy, const char *entry)
{
    static apr_pool_t *scratch;
    const char *pattern;

    if (!scratch) {
        apr_pool_create(&scratch, NULL);
    }
    if (cors_origin_pattern(&pattern, entry, scratch)) {
        die(entry);
    }
    pattern = pattern == entry ? entry : apr_pstrdup(pool, pattern);
    cors_origin_set_add(policy->origins, pattern, 0);
    apr_pool_clear(scratch);
}

static cors_names_t *names(cors_names_kind_t kind, const char *const *entries)
{
    cors_names_t *list = cors_names_make(pool, kind);

    for (; *entries; entries++) {
        cors_names_add(list, *entries, 0);
    }
    cors_names_seal(list);
    return list;
}

/* A policy without origins yet, and with headers or with any header. */
static cors_policy_t *make_policy(int any_header)
{
    static const char *const methods[] = { "PUT", "PATCH", "DELETE", NULL };
    static const char *const headers[] = { "Authorization", "Content-Type",
                                           "X-Requested-With", NULL };
    static const char *const any[] = { "*", NULL };
    cors_policy_t *policy = cors_policy_make(pool);

    policy->origins = cors_origin_set_make(pool);
    policy->methods = names(CORS_METHODS, methods);
    policy->headers = names(CORS_HEADERS, any_header ? any : headers);
    policy->max_age = "600";
    cors_policy_say(policy, CORS_LIST_ORIGINS, 0);
    return policy;
}

/* A policy that has an entry for each number of labels, the one thing that
 * makes an origin of many labels cost more than one of few. */
static cors_policy_t *deep_policy(void)
{
    cors_policy_t *policy = make_policy(0);
    const char *host = "b.b.b.b.b.b.b.b.com";

    for (; host; host = strchr(host, '.') ? strchr(host, '.') + 1 : NULL) {
        char entry[WIDTH];

        snprintf(entry, sizeof(entry), "https://*.%s", host);
        allow(policy, strdup(entry));
        snprintf(entry, sizeof(entry), "https://*.%s:*", host);
        allow(policy, strdup(entry));
    }
    return policy;
}

/*
 * Measuring.
 */

/* What is asked, by turns: one or many origins. */
typedef struct {
    const cors_policy_t *policy;
    cors_asked_t asked;
    const char **list;
    unsigned long count;        /* of origins in list, a power of two */
} ask_t;

static int ask(const ask_t *what, unsigned long times)
{
    static apr_pool_t *request;
    cors_asked_t asked = what->asked;
    cors_verdict_t verdict = { NULL };
    unsigned long i;

    if (!request) {
        apr_pool_create(&request, pool);
    }
    for (i = 0; i < times; i++) {
        if (what->list) {
            asked.origin = what->list[i & (what->count - 1)];
        }
        cors_decide(&verdict, what->policy, &asked, request);
    }
    apr_pool_clear(request);
    return verdict.reason == CORS_GRANTED;
}

static void measure(const char *name, const ask_t *what, unsigned long times)
{
    double best = 0;
    int grants = ask(what, COUNTED);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        const double start = now();
        double taken;

        ask(what, times);
        taken = (now() - start) / (double)times;
        best = i == 0 || taken < best ? taken : best;
    }
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    ask(what, COUNTED);
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
    printf("%s %.1f %s\n", name, best, grants ? "granted" : "refused");
}

/* A text of len bytes: what, again and again. */
static const char *repeat(const char *start, const char *what,
                          const char *finish, size_t len)
{
    char *text = calloc(1, len + strlen(what) + strlen(finish) + 1);

    strcpy(text, start);
    while (strlen(text) + strlen(what) + strlen(finish) <= len) {
        strcat(text, what);
    }
    return strcat(text, finish);
}

static const char **make_list(const char *format, unsigned long size,
                              unsigned long count)
{
    const char **list = malloc(count * sizeof(char *));
    unsigned long i;

    for (i = 0; i < count; i++) {
        char *text = malloc(WIDTH);

        /* A prime, so that neighbours in time are none in memory. */
        snprintf(text, WIDTH, format, i * 7368787 % size);
        list[i] = text;
    }
    return list;
}

static void measure_size(unsigned long size, unsigned long times)
{
    ask_t what = { make_policy(0), { CORS_ACTUAL } };
    char *texts = malloc(size * WIDTH);
    double start, before;
    unsigned long i;

    for (i = 0; i < size; i++) {
        snprintf(texts + i * WIDTH, WIDTH, LISTED, i);
    }
    before = resident();
    start = now();
    for (i = 0; i < size; i++) {
        allow((cors_policy_t *)what.policy, texts + i * WIDTH);
    }
    printf("load %.1f %.1f\n", (now() - start) / (double)size,
           (resident() - before) / (double)size);
    what.asked.origin = texts;
    measure("hit", &what, times);
    what.count = SPREAD;
    what.list = make_list(LISTED, size, SPREAD);
    measure("hit-spread", &what, times);
    what.list = make_list(STRANGER, size, SPREAD);
    measure("miss-spread", &what, times);
}

static void measure_hostile(unsigned long times)
{
    ask_t what = { make_policy(0), { CORS_PREFLIGHT, "https://app.example.com",
                                     "PUT", "content-type,x-requested-with" } };
    ask_t any = what;

    allow((cors_policy_t *)what.policy, what.asked.origin);
    any.policy = make_policy(1);
    allow((cors_policy_t *)any.policy, any.asked.origin);
    measure("preflight", &what, times);
    measure("preflight-any", &any, times);
    what.asked.headers = any.asked.headers = repeat("", ",", "", FIELD);
    measure("commas", &what, times);
    measure("commas-any", &any, times);
    what.asked.headers = any.asked.headers = repeat("", "a,", "", FIELD);
    measure("letters", &what, times);
    measure("letters-any", &any, times);
    what.asked.headers = any.asked.headers = repeat("", "a", "", FIELD);
    measure("name", &what, times);
    measure("name-any", &any, times);
    what.asked.headers = repeat("", "authorization,", "", FIELD);
    measure("listed", &what, times);

    what.asked.kind = CORS_ACTUAL;
    what.policy = deep_policy();
    what.asked.origin = "https://app.example.com";
    measure("origin", &what, times);
    what.asked.origin = repeat("https://", "b.", "com", 8 + 200 * 2 + 3);
    measure("labels", &what, times);
    what.asked.origin = repeat("https://", "b.", "org", 8 + 200 * 2 + 3);
    measure("labels-miss", &what, times);
    what.asked.origin = repeat("https://", "b", ".com", 512);
    measure("long", &what, times);
    what.asked.origin = repeat("https://", "b", ".com", FIELD);
    measure("too-long", &what, times);
}

int main(int argc, char **argv)
{
    const unsigned long size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    const unsigned long times = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;

    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (size) {
        measure_size(size, times);
    }
    else {
        measure_hostile(times);
    }
    return 0;
}
