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

/* A module with bugs: what watches httpd has to report each of them. */

#include <stdlib.h>
#include <string.h>

#include <apr_strings.h>
#include <apr_thread_proc.h>
#include <httpd.h>
#include <http_config.h>

/* The compiler shall not see what comes of it. */
static volatile int eight = 8;
static volatile int shared;
static volatile int sink;

static void *APR_THREAD_FUNC count(apr_thread_t *thread, void *data)
{
    int i;

    (void)thread;
    (void)data;
    for (i = 0; i < 1000; i++) {
        shared++;
    }
    return NULL;
}

static void race(apr_pool_t *pool)
{
    apr_thread_t *threads[2];
    apr_status_t rv;
    int i;

    for (i = 0; i < 2; i++) {
        apr_thread_create(&threads[i], NULL, count, NULL, pool);
    }
    for (i = 0; i < 2; i++) {
        apr_thread_join(&rv, threads[i]);
    }
}

/* A branch, with a call in it. */
static void jump(const char *text)
{
    if (text[eight - 1]) {
        sink = getenv("CANARY") != NULL;
    }
}

static int canary(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    const char *bug = getenv("CANARY");
    char *text;

    (void)plog;
    if (!bug) {
        return OK;
    }
    if (!strcmp(bug, "heap")) {
        text = malloc((size_t)eight);
        sink = text[eight];
        free(text);
    }
    else if (!strcmp(bug, "freed")) {
        text = malloc((size_t)eight);
        free(text);
        sink = text[0];
    }
    else if (!strcmp(bug, "unset")) {
        text = malloc((size_t)eight);
        jump(text);
        free(text);
    }
    else if (!strcmp(bug, "reused")) {
        text = apr_pcalloc(ptemp, (apr_size_t)eight);
        apr_pool_clear(ptemp);
        text = apr_palloc(ptemp, (apr_size_t)eight);
        jump(text);
    }
    else if (!strcmp(bug, "pool")) {
        text = apr_palloc(pconf, (apr_size_t)eight);
        sink = text[eight];
    }
    else if (!strcmp(bug, "printed")) {
        text = apr_psprintf(pconf, "%d", eight);
        sink = text[2];
    }
    else if (!strcmp(bug, "undefined")) {
        sink = 1 << (eight * 4);
    }
    else if (!strcmp(bug, "race")) {
        race(pconf);
    }
    return OK;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_pre_config(canary, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(canary) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks
};
