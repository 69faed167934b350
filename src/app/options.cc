#include "app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "app/admin_endpoint.h"
#include "app/command_options.h"
#include "app/limit_options.h"
#include "net/socket.h"

namespace tinychat::app {
namespace {

constexpr std::uint64_t kMillisecondsPerDay = 24ULL * 60 * 60 * 1000;

// What CLI11 fills in; the units and types are what a person writes.
struct Raw {
  std::string host;
  std::uint16_t port = 8080;
  std::string data = "./data";
  JournalKind journal = JournalKind::kSqlite;
  journal::Durability durability = journal::Durability::kFsync;
  std::string redis;
  std::string redis_prefix = "tinychat:";
  std::uint64_t retain_messages = 0;
  double retain_days = 0;
  std::size_t shards = 0;
  std::vector<std::string> allow_origin;
  std::vector<std::string> trusted_proxies;
  RawLimits limits;
  std::uint32_t drain_seconds = limits::kDrainWindow.count();
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  bool is_open = false;
  bool is_closed = false;
  std::string admin;
  std::string config;
};

// Names and defaults; the environment is told of once, at the end.
class Formatter final : public CLI::Formatter {
 public:
  Formatter() { column_width(kNameColumns); }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0) return "";
    return " " + option->get_type_name();
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    std::string text = option->get_description();
    if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
    return wrapped(text);
  }

 private:
  static constexpr std::size_t kNameColumns = 30;
  static constexpr std::size_t kTextColumns = 68;

  static std::string wrapped(std::string text) {
    std::size_t line = 0;
    while (text.size() - line > kTextColumns) {
      const std::size_t blank = text.rfind(' ', line + kTextColumns);
      if (blank == std::string::npos || blank <= line) break;
      text[blank] = '\n';
      line = blank + 1;
    }
    return text;
  }
};

std::size_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

template <typename T>
CLI::Option* add_choice(CLI::App& cli, const std::string& flag, T& value,
                        const std::map<std::string, T>& choices, const std::string& text) {
  std::string names;
  std::string chosen;
  for (const auto& [name, choice] : choices) {
    names += (names.empty() ? "" : "|") + name;
    if (choice == value) chosen = name;
  }
  return cli.add_option(flag, value, text)
      ->transform(CLI::CheckedTransformer(choices).description(""))
      ->type_name(names)
      ->default_str(chosen);
}

void describe_listening(CLI::App& cli, Raw& raw) {
  cli.add_option("-p,--port", raw.port,
                 "Port to listen on; 0 takes any that is free. PORT in the environment also "
                 "means: on every interface")
      ->type_name("PORT")
      ->capture_default_str()
      ->group("Listening");
  cli.add_option("--host", raw.host,
                 "Address to listen on: 127.0.0.1 is this machine alone, * is every "
                 "interface")
      ->type_name("ADDRESS")
      ->default_str("127.0.0.1")
      ->envname("TINYCHAT_HOST")
      ->group("Listening");
  auto* const open =
      cli.add_flag("--open", raw.is_open,
                   "Let whoever reaches the server read and write. Without it that is so only where this "
                   "machine alone can reach it; else people come in by a join link and programs with a token")
          ->envname("TINYCHAT_OPEN")
          ->group("Listening");
  cli.add_flag(
         "--closed", raw.is_closed,
         "Let nobody in without a join link or a token, also on this machine; for a server behind a proxy")
      ->envname("TINYCHAT_CLOSED")
      ->excludes(open)
      ->group("Listening");
  cli.add_option(
         "--allow-origin", raw.allow_origin,
         "Let pages of this origin (https://example.org) use the server from the browser; may be given "
         "more than once, * is every origin")
      ->type_name("ORIGIN")
      ->envname("TINYCHAT_ALLOW_ORIGIN")
      ->delimiter(',')
      ->group("Listening");
  cli.add_option(
         "--admin", raw.admin,
         "Show numbers (/metrics) and health (/readyz) to an operator here, 127.0.0.1:9090 for instance; "
         "keep it off the public network")
      ->type_name("ADDRESS:PORT")
      ->default_str("nowhere")
      ->envname("TINYCHAT_ADMIN")
      ->group("Listening");
  cli.add_option(
         "--trusted-proxy", raw.trusted_proxies,
         "Believe what proxies at this address or in this network (10.0.0.0/8) say of whom they speak "
         "for, in X-Forwarded-For; may be given more than once")
      ->type_name("ADDRESS")
      ->envname("TINYCHAT_TRUSTED_PROXY")
      ->delimiter(',')
      ->group("Listening");
  cli.add_option("--shards", raw.shards, "Threads that serve connections")
      ->type_name("N")
      ->check(CLI::Range(1, 256).description(""))
      ->default_str("one per core")
      ->envname("TINYCHAT_SHARDS")
      ->group("Listening");
}

// `nan` is within every range.
CLI::Validator is_number() {
  return CLI::Validator(
      [](const std::string& text) {
        double value = 0;
        const bool is_nan = CLI::detail::lexical_cast(text, value) && std::isnan(value);
        return is_nan ? std::string("it is not a number") : std::string();
      },
      "");
}

void describe_storing(CLI::App& cli, Raw& raw) {
  cli.add_option("--data", raw.data, "Directory for the messages; made if it is missing")
      ->type_name("DIR")
      ->capture_default_str()
      ->envname("TINYCHAT_DATA")
      ->group("Storing");
  add_choice<JournalKind>(cli, "--journal", raw.journal,
                          {{"sqlite", JournalKind::kSqlite}, {"memory", JournalKind::kMemory}},
                          "Keep messages in a file, or in memory until the program ends")
      ->envname("TINYCHAT_JOURNAL")
      ->group("Storing");
  add_choice<journal::Durability>(cli, "--durability", raw.durability,
                                  {{"fsync", journal::Durability::kFsync}, {"os", journal::Durability::kOs}},
                                  "When a message counts as stored: when the disk has it, or (faster) when "
                                  "the operating system has it, which a "
                                  "loss of power can take back")
      ->envname("TINYCHAT_DURABILITY")
      ->group("Storing");
  cli.add_option("--retain-messages", raw.retain_messages, "Keep the newest N messages of each room")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 50U).description(""))
      ->default_str("all")
      ->envname("TINYCHAT_RETAIN_MESSAGES")
      ->group("Storing");
  cli.add_option("--retain-days", raw.retain_days, "Keep messages for so many days (1.5 is 36 hours)")
      ->type_name("DAYS")
      ->check(CLI::Range(0.0, 100'000.0).description(""))
      ->check(is_number())
      ->default_str("for ever")
      ->envname("TINYCHAT_RETAIN_DAYS")
      ->group("Storing");
}

void describe_sharing(CLI::App& cli, Raw& raw) {
  cli.add_option("--redis", raw.redis,
                 "Keep messages in this Redis, which several nodes can share: redis://:password@host:6379/0, "
                 "rediss://host (TLS) or unix:/path. REDIS_URL or REDISTOGO_URL in the environment mean the "
                 "same where no other journal is chosen")
      ->type_name("URL")
      ->envname("TINYCHAT_REDIS")
      ->group("Storing");
  cli.add_option("--redis-prefix", raw.redis_prefix, "What the names of all keys in Redis begin with")
      ->type_name("TEXT")
      ->capture_default_str()
      ->envname("TINYCHAT_REDIS_PREFIX")
      ->group("Storing");
}

void describe_program(CLI::App& cli, Raw& raw) {
  cli.add_option(
         "--drain", raw.drain_seconds,
         "When told to end, send the subscribers away over so long (at most 50 ms for each), so that they "
         "do not come back all at once; 0 is at once")
      ->type_name("SECONDS")
      ->check(
          CLI::Range(std::int64_t{0}, std::chrono::seconds(limits::kDrainWindowMax).count()).description(""))
      ->capture_default_str()
      ->envname("TINYCHAT_DRAIN")
      ->group("Program");
  add_choice<LogLevel>(cli, "--log-level", raw.log_level,
                       {{"debug", LogLevel::kDebug},
                        {"info", LogLevel::kInfo},
                        {"warning", LogLevel::kWarning},
                        {"error", LogLevel::kError}},
                       "What to log, on standard error")
      ->envname("TINYCHAT_LOG_LEVEL")
      ->group("Program");
  add_choice<LogFormat>(cli, "--log-format", raw.log_format,
                        {{"text", LogFormat::kText}, {"json", LogFormat::kJson}},
                        "Lines for people, or a JSON object in each line for programs")
      ->envname("TINYCHAT_LOG_FORMAT")
      ->group("Program");
  cli.add_option("--config", raw.config, "Read options from a file: lines of `port = 9000`")
      ->type_name("FILE")
      ->envname("TINYCHAT_CONFIG")
      ->group("Program");
  cli.allow_config_extras(CLI::config_extras_mode::error);
  cli.set_version_flag("--version", "tinychat " TINYCHAT_VERSION, "Say the version and end")
      ->group("Program");
  cli.set_help_flag("-h,--help", "Say this and end")->group("Program");
}

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::optional<std::string> environment(const char* name) {
  // Read before any thread is started.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

// PORT (as platforms set it) opens the server to the network; TINYCHAT_PORT only names the port.
Result<void> read_port_environment(Raw& raw, bool is_given) {
  const auto platform_port = environment("PORT");
  const auto own_port = environment("TINYCHAT_PORT");
  if (platform_port && raw.host.empty()) raw.host = net::kEveryInterface;
  if (is_given || (!platform_port && !own_port)) return {};
  const std::string name = own_port ? "TINYCHAT_PORT" : "PORT";
  const std::string& text = own_port ? *own_port : *platform_port;
  if (!CLI::detail::lexical_cast(text, raw.port)) {
    return fail(Code::kUsage,
                name + "=" + text + " in the environment is no port; it is a number up to 65535");
  }
  return {};
}

// As platforms set them.
std::string redis_of_the_platform() {
  for (const char* name : {"REDIS_URL", "REDISTOGO_URL"}) {
    if (auto url = environment(name)) return *url;
  }
  return {};
}

Result<void> choose_redis(const CLI::App& cli, const Raw& raw, Options& options) {
  const bool is_other_chosen = cli.get_option("--journal")->count() > 0;
  if (!raw.redis.empty() && is_other_chosen) {
    return fail(Code::kUsage, "--redis and --journal both say where messages are kept; choose one");
  }
  std::string url = raw.redis;
  if (url.empty() && !is_other_chosen) url = redis_of_the_platform();
  if (url.empty()) return {};
  options.is_redis_in_environment = raw.redis.empty() || raw.redis == environment("TINYCHAT_REDIS");
  auto endpoint = redis::parse_endpoint(url);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (raw.redis_prefix.find_first_of("{}") != std::string::npos) {
    return fail(Code::kUsage,
                "--redis-prefix holds a brace, which has a meaning of its own in Redis; leave it out");
  }
  options.journal = JournalKind::kRedis;
  options.redis = std::move(*endpoint);
  options.redis_prefix = raw.redis_prefix;
  return {};
}

// For what looks after a data directory.
Result<void> expect_data_directory(const CLI::App& cli, const Raw& raw) {
  if (raw.journal != JournalKind::kSqlite || !raw.redis.empty()) {
    return fail(
        Code::kUsage,
        "this is for messages in a data directory, and these are elsewhere; leave out --journal and --redis");
  }
  if (cli.get_option("--journal")->count() == 0 && !redis_of_the_platform().empty()) {
    return fail(
        Code::kUsage,
        "this is for messages in a data directory, and REDIS_URL or REDISTOGO_URL in the environment says "
        "that they are in Redis; --journal sqlite says that they are not");
  }
  return {};
}

// CLI11 2.4 passes over a variable whose value its option refuses; 2.1 does not.
void refuse_passed_over_environment(const CLI::App& cli) {
  for (const CLI::Option* option : cli.get_options()) {
    if (option->get_envname().empty() || option->count() > 0) continue;
    if (const auto value = environment(option->get_envname().c_str())) {
      throw CLI::ValidationError(option->get_envname() + '=' + *value + " in the environment",
                                 "no value for " + option->get_name());
    }
  }
}

// Sets what flags and environment have not. (CLI11's own way would prefer the file to the environment.)
void read_file(CLI::App& cli, const std::string& path) {
  if (path.empty()) return;
  std::error_code ignored;
  // It would open, and read as if it were empty.
  if (std::filesystem::is_directory(path, ignored)) {
    throw CLI::ValidationError("--config", path + " is a directory; name a file with lines of `port = 9000`");
  }
  std::ifstream file(path);
  if (!file) throw CLI::FileError::Missing(path);
  cli.parse_from_stream(file);
}

Result<void> read_trusted_proxies(const std::vector<std::string>& texts, Options& options) {
  for (const auto& text : texts) {
    const auto subnet = wire::parse_subnet(text);
    if (!subnet) {
      return fail(Code::kUsage,
                  "--trusted-proxy " + text +
                      " is neither an address nor a network; write it as 127.0.0.1 or 10.0.0.0/8");
    }
    options.trusted_proxies.push_back(*subnet);
  }
  return {};
}

Options refine(const Raw& raw) {
  return {.host = raw.host.empty() ? "127.0.0.1" : raw.host,
          .port = raw.port,
          .data = raw.data,
          .journal = raw.journal,
          .durability = raw.durability,
          .retention = {.messages_max = raw.retain_messages,
                        .age_milliseconds_max = static_cast<std::uint64_t>(
                            raw.retain_days * static_cast<double>(kMillisecondsPerDay)),
                        .rooms_max = raw.limits.rooms_max},
          .redis = {},
          .redis_prefix = {},
          .shards = raw.shards == 0 ? cores() : raw.shards,
          .allowed_origins = raw.allow_origin,
          .trusted_proxies = {},
          .limits = refine(raw.limits),
          .drain = std::chrono::seconds(raw.drain_seconds),
          .log_level = raw.log_level,
          .log_format = raw.log_format,
          .door = raw.is_open     ? std::optional(room::Door::kOpen)
                  : raw.is_closed ? std::optional(room::Door::kClosed)
                                  : std::nullopt,
          .admin = std::nullopt};
}

}  // namespace

Result<Asked> read_options(int argc, const char* const* argv) {
  CLI::App cli{"Chat over server-sent events. Start it, open the address it prints.", "tinychat"};
  cli.footer("Every option can also be set in the environment, as TINYCHAT_PORT for --port, or in a file.");
  cli.formatter(std::make_shared<Formatter>());
  Raw raw;
  describe_listening(cli, raw);
  describe_storing(cli, raw);
  describe_sharing(cli, raw);
  describe_limits(cli, raw.limits);
  describe_program(cli, raw);
  const CommandOptions commands(cli);
  bool is_port_given = false;
  try {
    cli.parse(argc, argv);
    is_port_given = cli.get_option("--port")->count() > 0;
    refuse_passed_over_environment(cli);
    read_file(cli, raw.config);
  } catch (const CLI::CallForVersion& version) {
    return JustPrint{std::string(version.what()) + "\n"};
  } catch (const CLI::CallForHelp&) {
    return JustPrint{cli.help()};
  } catch (const CLI::ParseError& error) {
    return fail(Code::kUsage, one_line(error.what()) + "; tinychat --help lists the options");
  }
  if (auto port = read_port_environment(raw, is_port_given); !port) return std::unexpected(port.error());
  if (auto command = commands.asked(raw.data)) {
    command->is_data_named = cli.get_option("--data")->count() > 0;
    if (auto kept = expect_data_directory(cli, raw); !kept) return std::unexpected(kept.error());
    return *std::move(command);
  }
  Options options = refine(raw);
  if (auto chosen = choose_redis(cli, raw, options); !chosen) return std::unexpected(chosen.error());
  if (!raw.admin.empty()) {
    auto endpoint = parse_admin_endpoint(raw.admin);
    if (!endpoint) return std::unexpected(endpoint.error());
    options.admin = std::move(*endpoint);
  }
  if (auto trusted = read_trusted_proxies(raw.trusted_proxies, options); !trusted) {
    return std::unexpected(trusted.error());
  }
  if (auto command = commands.asked_about_door()) return DoorRequest{*std::move(command), std::move(options)};
  return options;
}

}  // namespace tinychat::app
