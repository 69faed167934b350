#include "app/limit_options.h"

#include <CLI/CLI.hpp>
#include <string>

namespace tinychat::app {
namespace {

constexpr std::uint32_t kSecondsPerYear = 365 * 24 * 60 * 60;
constexpr double kPerSecondMax = 1'000'000;

// `--max-streams` is also TINYCHAT_MAX_STREAMS.
std::string environment_name_of(std::string flag) {
  flag.erase(0, 2);
  std::ranges::transform(flag, flag.begin(), [](char letter) {
    if (letter == '-') return '_';
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return "TINYCHAT_" + flag;
}

template <typename T>
CLI::Option* add_limit(CLI::App& cli, const std::string& flag, T& value, T least, T most,
                       const std::string& unit, const std::string& text) {
  return cli.add_option(flag, value, text)
      ->type_name(unit)
      ->check(CLI::Range(least, most).description(""))
      ->capture_default_str()
      ->envname(environment_name_of(flag))
      ->group("Limits");
}

CLI::Option* add_count(CLI::App& cli, const std::string& flag, std::size_t& value, const std::string& text) {
  return add_limit(cli, flag, value, std::size_t{0}, std::size_t{1} << 32U, "N", text);
}

// `nan` is within every range, and compares with none.
CLI::Option* add_rate(CLI::App& cli, const std::string& flag, double& value, const std::string& text) {
  return add_limit(cli, flag, value, 0.0, kPerSecondMax, "N", text)
      ->check(CLI::Validator(
          [](const std::string& written) {
            double number = 0;
            const bool is_nan = CLI::detail::lexical_cast(written, number) && number != number;
            return is_nan ? std::string("it is not a number") : std::string();
          },
          ""));
}

void describe_holding(CLI::App& cli, RawLimits& raw) {
  add_limit(cli, "--max-message-bytes", raw.message_bytes_max, std::size_t{1}, limits::kTextBytesCeiling,
            "BYTES", "Longest text of a message");
  add_count(cli, "--max-connections", raw.connections_max,
            "Connections at a time; of those above, idle ones make room, or the newest gets 503")
      ->default_str("what the descriptor limit allows");
  add_count(cli, "--max-connections-per-address", raw.connections_per_address_max,
            "Of one address (of IPv6: one /64), but for those of this machine; 0 is no limit");
  add_count(cli, "--max-streams", raw.streams_max,
            "Subscribers at a time; those above are told to come back later")
      ->default_str("what the descriptor limit allows");
  add_count(cli, "--max-streams-per-user", raw.streams_per_user_max,
            "Of one user, over all devices; 0 is no limit");
  add_limit(cli, "--max-rooms", raw.rooms_max, std::uint64_t{0}, std::uint64_t{1} << 40U, "N",
            "Rooms that messages can be in; 0 is no limit");
  add_limit(
      cli, "--max-memory", raw.held_mebibytes_max, std::size_t{16}, std::size_t{1} << 20U, "MIB",
      "For what comes in, goes out and waits in between; requests above get 503, subscribers read later. "
      "Recent messages take 16 MiB more for each thread");
}

void describe_rates(CLI::App& cli, RawLimits& raw) {
  add_rate(cli, "--requests-per-second", raw.requests_per_address,
           "Requests of one address. Of this and the following, five times as many may come at once; those "
           "above get 429; 0 is no limit; this machine itself has none");
  add_rate(cli, "--messages-per-second", raw.messages_per_user, "Messages of one user");
  add_rate(cli, "--messages-per-second-address", raw.messages_per_address, "Messages of one address");
  add_rate(cli, "--messages-per-second-room", raw.messages_per_room, "Messages to one room, of all");
  add_rate(cli, "--users-per-minute", raw.new_users_per_minute,
           "New users of one address; so many may also come at once");
  add_rate(cli, "--wrong-secrets-per-minute", raw.wrong_secrets_per_minute,
           "Cookies, tokens and links of one address that stand for nobody; so many may also come at once");
}

void describe_lifetimes(CLI::App& cli, RawLimits& raw) {
  add_limit(cli, "--stream-lifetime", raw.stream_lifetime_seconds, 0U, kSecondsPerYear, "SECONDS",
            "Ask a subscriber to reconnect after about so long, which evens out load; 0 is never");
  add_limit(cli, "--heartbeat", raw.heartbeat_seconds, 1U, 3600U, "SECONDS",
            "Send a quiet stream a sign of life after so long");
}

}  // namespace

void describe_limits(CLI::App& cli, RawLimits& raw) {
  describe_holding(cli, raw);
  describe_rates(cli, raw);
  describe_lifetimes(cli, raw);
}

Limits refine(const RawLimits& raw) {
  return {.message_bytes_max = raw.message_bytes_max,
          .connections_max = raw.connections_max,
          .connections_per_address_max = raw.connections_per_address_max,
          .streams_max = raw.streams_max,
          .streams_per_user_max = raw.streams_per_user_max,
          .stream_lifetime = std::chrono::seconds(raw.stream_lifetime_seconds),
          .heartbeat = std::chrono::seconds(raw.heartbeat_seconds),
          .held_bytes_max = raw.held_mebibytes_max * 1024 * 1024,
          .rates = {.requests_per_address = raw.requests_per_address,
                    .messages_per_address = raw.messages_per_address,
                    .messages_per_user = raw.messages_per_user,
                    .messages_per_room = raw.messages_per_room,
                    .new_users_per_minute_and_address = raw.new_users_per_minute,
                    .wrong_secrets_per_minute_and_address = raw.wrong_secrets_per_minute}};
}

}  // namespace tinychat::app
