#include "base/tally.h"

#include <array>

#include "base/metrics.h"

namespace tinychat {
namespace {

constexpr std::array<std::string_view, kLimits> kLimitNames = {
    "streams",
    "writer-queue",
    "shard-queue",
    "read-queue",
    "people-queue",
    "connections",
    "connections-per-address",
    "streams-per-user",
    "requests-per-address",
    "new-users-per-address",
    "wrong-secrets",
    "messages-per-user",
    "messages-per-address",
    "messages-per-room",
    "rooms",
    "memory",
    "descriptors",
};

std::array<SharedCounter, kLimits> limits_hit;
std::array<SharedCounter, kCodes> errors_answered;

}  // namespace

std::string_view name_of(Limit limit) { return kLimitNames[static_cast<std::size_t>(limit)]; }

void limit_hit(Limit limit) { limits_hit[static_cast<std::size_t>(limit)].add(); }

std::uint64_t hits_of(Limit limit) { return limits_hit[static_cast<std::size_t>(limit)].get(); }

void error_answered(Code code) { errors_answered[static_cast<std::size_t>(code)].add(); }

std::uint64_t answers_with(Code code) { return errors_answered[static_cast<std::size_t>(code)].get(); }

}  // namespace tinychat
