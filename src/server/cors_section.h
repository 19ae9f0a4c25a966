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

#ifndef CORS_SECTION_H
#define CORS_SECTION_H

/**
 * @file cors_section.h
 * The sections of the server's configuration that say something of CORS, and
 * what they say together, as far as that is known before there is a request.
 * .htaccess files are none of them.
 */

#include <httpd.h>
#include <http_config.h>

#include "../core/cors_policy.h"

/** For which requests a section holds, as far as that can be compared. */
typedef struct cors_area_t {
    enum {
        CORS_AREA_OTHER,        /* can be any: files, expressions, wildcards */
        CORS_AREA_DIRECTORY,    /* all below a path of the file system */
        CORS_AREA_LOCATION      /* all below a path of URLs */
    } kind;
    const char *path;           /* without the last slash */
    apr_size_t len;
} cors_area_t;

typedef struct cors_section_t {
    const server_rec *server;
    const ap_directive_t *opener;   /* as <Location> or <VirtualHost>; NULL for
                                     * what stands in no section */
    cors_area_t area;               /* of the outermost section around it */
    int number;                     /* how many come before it */
    const cors_policy_t *policy;    /* what the section itself says */
    apr_array_header_t *lines;      /* const ap_directive_t *, its directives
                                     * for CORS */
    apr_array_header_t *warnings;   /* const char * */
} cors_section_t;

/** Begin anew, before the configuration is read; all that follows in pool. */
void cors_sections_begin(apr_pool_t *pool);

/** When all of it has been read: get the lists of all sections ready. */
void cors_sections_end(void);

/**
 * Begin with a directive: note it, and the section in which it stands.
 *
 * @return NULL, or why it cannot stand there: it is in a <Limit>
 */
const char *cors_section_enter(cmd_parms *cmd, const cors_policy_t *policy);

/** All sections, in the order of their first directives. */
const apr_array_header_t *cors_sections(void);  /* cors_section_t * */

/** The section of a directive; NULL in a .htaccess. */
cors_section_t *cors_section_of(const cmd_parms *cmd);

/** Whether it is the server's or a virtual host's own level. */
int cors_section_is_level(const cors_section_t *section);

/**
 * The first lines of the section and of those around it, inner ones first, as
 * they are written, or "server config"; in pool.
 */
const char *cors_section_title(const cors_section_t *section,
                               apr_pool_t *pool);

/** The area of a section, by the directive that opens it. */
cors_area_t cors_section_area(const ap_directive_t *opener, apr_pool_t *pool);

/**
 * Where a .htaccess may have directives whose names begin so: the areas of all
 * AllowOverride and AllowOverrideList that let it.
 *
 * @return cors_area_t, in pool
 */
apr_array_header_t *cors_section_overrides(const char *prefix,
                                           apr_pool_t *pool);

/** Whether a server has sections, of its own or the main server's. */
int cors_sections_exist(const server_rec *main_server, const server_rec *s);

/**
 * Whether a "Header" or a LogLevel stands in a section that is known only when
 * the file is: the answer to a preflight may have to carry the one, and the log
 * what the other lets through.
 */
int cors_sections_affect_answers(void);

/** Whether the URL alone decides in which sections a request to a server is. */
int cors_sections_are_of_urls(const server_rec *main_server,
                              const server_rec *s);

/** Whether one request can be in two areas. */
int cors_areas_meet(const cors_area_t *a, const cors_area_t *b);

/** Whether one request can be in two sections. */
int cors_sections_meet(const cors_section_t *a, const cors_section_t *b,
                       const server_rec *main_server);

/**
 * What takes effect in a section: merged with the server's own level, with
 * the virtual host's, with the sections around it, and with those that hold
 * for all of its path (httpd, "How the sections are merged").  Which other
 * sections hold for a request besides, and which .htaccess files, is not known.
 *
 * @param server whose request it is: that of the section, or, if that is the
 *               main server, any
 * @param pool for the policy, which lives no longer than the section
 */
const cors_policy_t *cors_section_effect(const cors_section_t *section,
                                         const server_rec *main_server,
                                         const server_rec *server,
                                         apr_pool_t *pool);

#endif /* CORS_SECTION_H */
