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

#ifndef CORS_POLICY_H
#define CORS_POLICY_H

/**
 * @file cors_policy.h
 * A policy: what the directives of one section say, or of all sections that
 * hold for a request, merged.
 */

#include <apr_pools.h>

#include "cors_names.h"
#include "cors_origin_set.h"

/**
 * The settings that are one word out of a few.  The first value of each is
 * the default.
 */
typedef enum {
    CORS_ENGINE,
    CORS_PREFLIGHT_BY,
    CORS_PREFLIGHT_STATUS,
    CORS_ENFORCE,
    CORS_UPSTREAM,
    CORS_TIMING,
    CORS_PRIVATE_NETWORK,
    CORS_DEBUG,
    CORS_SETTINGS           /* how many there are */
} cors_setting_t;

/** Values of CORS_ENGINE. */
enum { CORS_ENGINE_ON, CORS_ENGINE_OFF, CORS_ENGINE_REPORT_ONLY };
/** Values of CORS_PREFLIGHT_BY: who answers preflights. */
enum { CORS_PREFLIGHT_ANSWER, CORS_PREFLIGHT_PASS };
/** Values of CORS_PREFLIGHT_STATUS. */
enum { CORS_PREFLIGHT_204, CORS_PREFLIGHT_200 };
/** Values of CORS_UPSTREAM: what becomes of CORS fields of others. */
enum { CORS_UPSTREAM_REPLACE, CORS_UPSTREAM_KEEP };
/** Values of the settings that are switches. */
enum { CORS_OFF, CORS_ON };

/** The lists. */
typedef enum {
    CORS_LIST_ORIGINS,
    CORS_LIST_CREDENTIALS,
    CORS_LIST_METHODS,
    CORS_LIST_HEADERS,
    CORS_LIST_EXPOSE,
    CORS_LISTS              /* how many there are */
} cors_list_t;

/** What a section says of a list. */
typedef enum {
    CORS_UNSAID,            /* nothing: the outer list holds */
    CORS_EDITS,             /* every entry has a sign: edits the outer list */
    CORS_REPLACES           /* replaces the outer list */
} cors_said_t;

/** Where a list stands in the configuration. */
typedef struct cors_place_t {
    const char *directive;          /* the first in its section; NULL: none */
    const char *file;
    int line;
} cors_place_t;

typedef struct cors_policy_t {
    cors_origin_set_t *origins;     /* NULL: none */
    cors_origin_set_t *credentials; /* the origins that may use them; `*` for
                                     * all that are allowed; NULL: none */
    cors_names_t *methods;          /* NULL: none, as the two that follow */
    cors_names_t *headers;
    cors_names_t *expose;
    const char *max_age;            /* in seconds; NULL: not sent */
    unsigned char setting[CORS_SETTINGS];
    unsigned char said[CORS_LISTS]; /* a cors_said_t each */
    cors_place_t place[CORS_LISTS]; /* of the innermost section that says it */
    unsigned int hazards;           /* see cors_hazard.h */
    unsigned int has_max_age : 1;   /* the section says it */
    unsigned int has_setting;       /* bit n: the section says setting n */
} cors_policy_t;

/** The directive that makes a list, as in "CorsAllowOrigin". */
const char *cors_list_name(cors_list_t list);

/** A policy that says nothing, in pool. */
cors_policy_t *cors_policy_make(apr_pool_t *pool);

/** Say a setting. */
void cors_policy_set(cors_policy_t *policy, cors_setting_t setting,
                     unsigned char value);

/**
 * Note that a section has an entry of a list.
 *
 * @param has_sign whether the entry begins with `+` or `-`
 */
void cors_policy_say(cors_policy_t *policy, cors_list_t list, int has_sign);

/**
 * Compute what answers are made of, once all is said in a section: of a list
 * of names once for all its lines.  cors_policy_merge() does so for the inner
 * section, which may be a .htaccess file; what several threads see has been
 * sealed before.
 */
void cors_policy_seal(const cors_policy_t *policy);

/**
 * What holds where an inner section stands in an outer one: settings and
 * lists of the inner one replace those of the outer, lists of edits edit them.
 *
 * @return one of the two where the other says nothing, else a policy in pool;
 *         both have to live as long
 */
const cors_policy_t *cors_policy_merge(apr_pool_t *pool,
                                       const cors_policy_t *outer,
                                       const cors_policy_t *inner);

/**
 * Whether two policies are known to give the same verdicts: the same one, or
 * two that merging has made of the same lists and settings.
 */
int cors_policy_is_same(const cors_policy_t *a, const cors_policy_t *b);

/** Whether a policy says nothing at all. */
int cors_policy_says_nothing(const cors_policy_t *policy);

/**
 * Whether a policy has an origin list, be it an empty one.  What takes origins
 * away where no section lists any makes none.
 */
int cors_policy_has_origins(const cors_policy_t *policy);

/** Whether the policy is in force: it has an origin list and is not off. */
int cors_policy_in_force(const cors_policy_t *policy);

/**
 * Whether a policy in force allows every origin, and credentials to none: the
 * one kind of policy whose verdict does not depend on the Origin of the request
 * (Fetch, "CORS protocol and HTTP caches").
 */
int cors_policy_any_origin(const cors_policy_t *policy);

/**
 * Whether a policy would give credentials to everybody, and so gives none: it
 * came about by merging sections each of which is sound (cors_hazard.h).
 */
int cors_policy_denies_credentials(const cors_policy_t *policy);

/**
 * Whether an origin that a policy in force allows may use credentials there.
 * None may where the policy denies them, and "null" never.
 */
int cors_policy_credentials(const cors_policy_t *policy,
                            const cors_origin_t *origin);

/**
 * For messages: which directive begins a list, and where it stands, as in
 * "CorsAllowOriginMatch at httpd.conf:12", or "no CorsAllowOrigin".
 *
 * @return in pool
 */
const char *cors_policy_place(const cors_policy_t *policy, cors_list_t list,
                              apr_pool_t *pool);

#endif /* CORS_POLICY_H */
