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

#ifndef CORS_DESCRIBE_H
#define CORS_DESCRIBE_H

/**
 * @file cors_describe.h
 * What messages say of a list: its entries as they are written, exclusions
 * with their sign, as far as they are few.
 */

#include "cors_names.h"
#include "cors_origin_set.h"

/** @return in pool; how many there are, if they are many */
const char *cors_describe_origins(const cors_origin_set_t *origins,
                                  apr_pool_t *pool);

/** @return in pool; of many the first */
const char *cors_describe_names(const cors_names_t *names, apr_pool_t *pool);

#endif /* CORS_DESCRIBE_H */
