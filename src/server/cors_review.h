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

#ifndef CORS_REVIEW_H
#define CORS_REVIEW_H

/**
 * @file cors_review.h
 * Warnings that no directive alone gives rise to, but what sections say
 * together.
 */

#include <httpd.h>

/**
 * Add to each section the warnings about it: CORS-W01, CORS-W06 and CORS-W07.
 * None is added twice, though it may come about in many sections.
 *
 * @param pool for the warnings; as that of the sections
 */
void cors_review(const server_rec *main_server, apr_pool_t *pool);

/** Forget what was added: another configuration is about to be read. */
void cors_review_begin(void);

/** Whether a warning was added. */
int cors_review_has_told(const char *text);

#endif /* CORS_REVIEW_H */
