// What someone wants to publish, out of a request: read from the types of body there are, and checked.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "hub/shard_port.h"
#include "net/http.h"
#include "wire/field.h"

namespace tinychat::api {

// The contract of 2013, `sender` and `message`: as a form, multipart, JSON, or a bare text, whose
// sender may stand in the query. Who gives no name is Anonymous.
// Errors: kMalformed (the body does not parse, or is not UTF-8; with the place), kTooLarge,
// kUnprocessable, kUnsupportedMediaType.
[[nodiscard]] Result<hub::PublishRequest> read_legacy_publish(std::string room, const net::Request& request,
                                                              const wire::Fields& query,
                                                              std::size_t text_bytes_max);

// The JSON interface, `sender` and `text`. The same errors.
[[nodiscard]] Result<hub::PublishRequest> read_v1_publish(std::string room, const net::Request& request,
                                                          std::size_t text_bytes_max);

}  // namespace tinychat::api
