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

#include <stdlib.h>

#include <apr_hash.h>
#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include <httpd.h>
#include <http_config.h>

#include "cors_section.h"

static apr_array_header_t *sections;    /* cors_section_t * */
static apr_hash_t *section_by_opener;   /* or by server_rec, where that is
                                         * NULL */
static apr_hash_t *sections_by_server;  /* an array each */

#define SECTION(array, i) APR_ARRAY_IDX(array, i, cors_section_t *)

void cors_sections_begin(apr_pool_t *pool)
{
    sections = apr_array_make(pool, 4, sizeof(cors_section_t *));
    section_by_opener = apr_hash_make(pool);
    sections_by_server = apr_hash_make(pool);
}

void cors_sections_end(void)
{
    int i;

    for (i = 0; i < sections->nelts; i++) {
        cors_policy_seal(SECTION(sections, i)->policy);
    }
}

const apr_array_header_t *cors_sections(void)
{
    return sections;
}

/* A <VirtualHost> is none around the sections in it, but a server. */
static int is_level(const ap_directive_t *opener)
{
    return !opener || !strcasecmp(opener->directive, "<VirtualHost");
}

int cors_section_is_level(const cors_section_t *section)
{
    return is_level(section->opener);
}

static const ap_directive_t *outermost(const ap_directive_t *opener)
{
    while (!is_level(opener) && !is_level(opener->parent)) {
        opener = opener->parent;
    }
    return opener;
}

/* The arguments of a section's first line, without its last bracket. */
static const char *arguments(const ap_directive_t *opener, apr_pool_t *pool)
{
    const apr_size_t len = strlen(opener->args);

    return apr_pstrmemdup(pool, opener->args,
                          len && opener->args[len - 1] == '>' ? len - 1 : len);
}

const char *cors_section_title(const cors_section_t *section,
                               apr_pool_t *pool)
{
    const ap_directive_t *opener = section->opener;
    const char *title = "";

    if (!opener) {
        return "server config";
    }
    for (; opener; opener = opener->parent) {
        title = apr_pstrcat(pool, title, *title ? " in " : "",
                            opener->directive, " ", arguments(opener, pool),
                            ">", NULL);
    }
    return title;
}

cors_area_t cors_section_area(const ap_directive_t *opener, apr_pool_t *pool)
{
    cors_area_t area = { CORS_AREA_OTHER, "", 0 };
    const char *args;

    opener = outermost(opener);
    if (is_level(opener)) {
        return area;
    }
    args = arguments(opener, pool);
    area.path = ap_getword_conf(pool, &args);
    if (*area.path != '/' || strpbrk(area.path, "*?[")) {
        return area;
    }
    area.len = strlen(area.path);
    while (area.len && area.path[area.len - 1] == '/') {
        area.len--;
    }
    if (!strcasecmp(opener->directive, "<Directory")) {
        area.kind = CORS_AREA_DIRECTORY;
    }
    else if (!strcasecmp(opener->directive, "<Location")) {
        area.kind = CORS_AREA_LOCATION;
    }
    return area;
}

/* Whether all that is in one area is in another. */
static int is_within(const cors_area_t *inner, const cors_area_t *outer)
{
    return inner->kind == outer->kind && inner->kind != CORS_AREA_OTHER
           && inner->len >= outer->len
           && !memcmp(inner->path, outer->path, outer->len)
           && (inner->len == outer->len || inner->path[outer->len] == '/');
}

int cors_areas_meet(const cors_area_t *a, const cors_area_t *b)
{
    return a->kind != b->kind || a->kind == CORS_AREA_OTHER
           || is_within(a, b) || is_within(b, a);
}

int cors_sections_meet(const cors_section_t *a, const cors_section_t *b,
                       const server_rec *main_server)
{
    return (a->server == b->server || a->server == main_server
            || b->server == main_server)
           && cors_areas_meet(&a->area, &b->area);
}

static cors_section_t *find_section(const ap_directive_t *opener,
                                    const server_rec *server)
{
    const void *key = opener ? (const void *)opener : (const void *)server;

    return apr_hash_get(section_by_opener, &key, sizeof(key));
}

static apr_array_header_t *list_of(const server_rec *s)
{
    const void *key = s;

    return apr_hash_get(sections_by_server, &key, sizeof(key));
}

static apr_array_header_t *need_list(const cmd_parms *cmd)
{
    apr_array_header_t *list = list_of(cmd->server);

    if (!list) {
        const void **key = apr_palloc(cmd->pool, sizeof(*key));

        *key = cmd->server;
        list = apr_array_make(cmd->pool, 4, sizeof(cors_section_t *));
        apr_hash_set(sections_by_server, key, sizeof(*key), list);
    }
    return list;
}

static cors_section_t *make_section(const cmd_parms *cmd,
                                    const cors_policy_t *policy)
{
    cors_section_t *section = apr_pcalloc(cmd->pool, sizeof(*section));
    const void **key = apr_palloc(cmd->pool, sizeof(*key));

    section->server = cmd->server;
    section->opener = cmd->directive->parent;
    section->area = cors_section_area(section->opener, cmd->pool);
    section->number = sections->nelts;
    section->policy = policy;
    section->lines = apr_array_make(cmd->pool, 4, sizeof(ap_directive_t *));
    section->warnings = apr_array_make(cmd->pool, 0, sizeof(const char *));
    APR_ARRAY_PUSH(sections, cors_section_t *) = section;
    APR_ARRAY_PUSH(need_list(cmd), cors_section_t *) = section;
    *key = section->opener ? (const void *)section->opener
                           : (const void *)section->server;
    apr_hash_set(section_by_opener, key, sizeof(*key), section);
    return section;
}

cors_section_t *cors_section_of(const cmd_parms *cmd)
{
    return cmd->pool == cmd->temp_pool
           ? NULL : find_section(cmd->directive->parent, cmd->server);
}

const char *cors_section_enter(cmd_parms *cmd, const cors_policy_t *policy)
{
    const char *err = ap_check_cmd_context(cmd, NOT_IN_LIMIT);

    if (!err && cmd->pool != cmd->temp_pool) {
        cors_section_t *section = cors_section_of(cmd);

        if (!section) {
            section = make_section(cmd, policy);
        }
        APR_ARRAY_PUSH(section->lines, const ap_directive_t *) =
            cmd->directive;
    }
    return err;
}

/*
 * .htaccess files.
 */

/* Whether a line lets a .htaccess have directives whose names begin so.  All
 * of this module's are of the kind FileInfo. */
static int overrides(const ap_directive_t *line, const char *prefix,
                     apr_pool_t *pool)
{
    const int is_list = !strcasecmp(line->directive, "AllowOverrideList");
    const char *args = line->args;

    if (!is_list && strcasecmp(line->directive, "AllowOverride") != 0) {
        return 0;
    }
    while (*args) {
        const char *word = ap_getword_conf(pool, &args);

        if (is_list ? !strncasecmp(word, prefix, strlen(prefix))
                    : !strcasecmp(word, "All")
                      || !strcasecmp(word, "FileInfo")) {
            return 1;
        }
    }
    return 0;
}

static void add_overrides(apr_array_header_t *areas,
                          const ap_directive_t *line, const char *prefix)
{
    for (; line; line = line->next) {
        if (overrides(line, prefix, areas->pool)) {
            APR_ARRAY_PUSH(areas, cors_area_t) =
                cors_section_area(line->parent, areas->pool);
        }
        add_overrides(areas, line->first_child, prefix);
    }
}

apr_array_header_t *cors_section_overrides(const char *prefix,
                                           apr_pool_t *pool)
{
    apr_array_header_t *areas = apr_array_make(pool, 4, sizeof(cors_area_t));

    add_overrides(areas, ap_conftree, prefix);
    return areas;
}

/* Whether a section holds for URLs, whatever file or expression they meet. */
static int is_of_url(const ap_directive_t *opener)
{
    return is_level(opener)
           || (is_level(opener->parent)
               && (!strcasecmp(opener->directive, "<Location")
                   || !strcasecmp(opener->directive, "<LocationMatch")));
}

/* "Header always" holds for the answer to a preflight, too, and LogLevel for
 * what the log is told of it. */
static int affects_answers(const ap_directive_t *line)
{
    for (; line; line = line->next) {
        if (((!strcasecmp(line->directive, "Header")
              || !strcasecmp(line->directive, "LogLevel"))
             && !is_of_url(line->parent))
            || affects_answers(line->first_child)) {
            return 1;
        }
    }
    return 0;
}

int cors_sections_affect_answers(void)
{
    return affects_answers(ap_conftree);
}

static int are_of_urls(const apr_array_header_t *list)
{
    int i;

    for (i = 0; list && i < list->nelts; i++) {
        if (!is_of_url(SECTION(list, i)->opener)) {
            return 0;
        }
    }
    return 1;
}

int cors_sections_are_of_urls(const server_rec *main_server,
                              const server_rec *s)
{
    return are_of_urls(list_of(main_server)) && are_of_urls(list_of(s));
}

int cors_sections_exist(const server_rec *main_server, const server_rec *s)
{
    return list_of(main_server) || list_of(s);
}

/*
 * Merging.
 */

/* A section that takes effect in another, and its place among these: first
 * the levels of the servers, then what holds for the path, then what stands
 * around the section, and itself. */
typedef struct {
    const cors_section_t *section;
    int rank;
    apr_size_t depth;       /* directories: short paths first; nested
                             * sections: outer ones first */
    int is_host;            /* the virtual host's after the main server's */
} link_t;

static int compare_links(const void *a, const void *b)
{
    const link_t *x = a;
    const link_t *y = b;

    if (x->rank != y->rank) {
        return x->rank - y->rank;
    }
    if (x->depth != y->depth) {
        return x->depth < y->depth ? -1 : 1;
    }
    if (x->is_host != y->is_host) {
        return x->is_host - y->is_host;
    }
    return x->section->number - y->section->number;
}

/* How deep a section is nested in others; 0 for a level, or if it is not
 * around the other one. */
static apr_size_t nesting(const cors_section_t *around,
                          const cors_section_t *section)
{
    const ap_directive_t *opener = section->opener;
    apr_size_t depth = 0;

    while (!is_level(opener) && opener != around->opener) {
        opener = opener->parent;
    }
    for (; !is_level(opener); opener = opener->parent) {
        depth++;
    }
    return depth;
}

/* Whether a section takes effect in another, and where. */
static int find_link(link_t *link, const cors_section_t *section)
{
    const cors_section_t *other = link->section;

    if (cors_section_is_level(other)) {
        return 1;
    }
    if (is_level(other->opener->parent)
        && is_within(&section->area, &other->area)) {
        link->rank = 1;
        link->depth = other->area.kind == CORS_AREA_DIRECTORY
                      ? other->area.len : 0;
        return 1;
    }
    link->rank = 2;
    link->depth = nesting(other, section);
    return link->depth > 0;
}

static void add_links(apr_array_header_t *chain, const cors_section_t *section,
                      const server_rec *server, int is_host)
{
    const apr_array_header_t *list = list_of(server);
    int i;

    for (i = 0; list && i < list->nelts; i++) {
        link_t link = { SECTION(list, i) };

        link.is_host = is_host;
        if (find_link(&link, section)) {
            APR_ARRAY_PUSH(chain, link_t) = link;
        }
    }
}

const cors_policy_t *cors_section_effect(const cors_section_t *section,
                                         const server_rec *main_server,
                                         const server_rec *server,
                                         apr_pool_t *pool)
{
    apr_array_header_t *chain = apr_array_make(pool, 4, sizeof(link_t));
    const cors_policy_t *policy = cors_policy_make(pool);
    int i;

    add_links(chain, section, main_server, 0);
    if (server != main_server) {
        add_links(chain, section, server, 1);
    }
    qsort(chain->elts, (size_t)chain->nelts, sizeof(link_t), compare_links);
    for (i = 0; i < chain->nelts; i++) {
        policy = cors_policy_merge(pool, policy,
                                   APR_ARRAY_IDX(chain, i,
                                                 link_t).section->policy);
    }
    return policy;
}
