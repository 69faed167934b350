#include "app/options.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "net/socket.h"

namespace tinychat::app::options_test {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// An environment that says nothing to tinychat, and afterwards what it said before.
class OptionsTest : public testing::Test {
 protected:
  OptionsTest() {
    for (const auto* name : {"PORT",
                             "TINYCHAT_PORT",
                             "TINYCHAT_HOST",
                             "TINYCHAT_ALLOW_ORIGIN",
                             "TINYCHAT_SHARDS",
                             "TINYCHAT_DATA",
                             "TINYCHAT_JOURNAL",
                             "TINYCHAT_DURABILITY",
                             "TINYCHAT_RETAIN_MESSAGES",
                             "TINYCHAT_RETAIN_DAYS",
                             "TINYCHAT_MAX_MESSAGE_BYTES",
                             "TINYCHAT_MAX_STREAMS",
                             "TINYCHAT_STREAM_LIFETIME",
                             "TINYCHAT_HEARTBEAT",
                             "TINYCHAT_DRAIN",
                             "TINYCHAT_LOG_LEVEL",
                             "TINYCHAT_CONFIG",
                             "TINYCHAT_REDIS",
                             "TINYCHAT_REDIS_PREFIX",
                             "REDIS_URL",
                             "REDISTOGO_URL"}) {
      if (const char* value = ::getenv(name)) before_[name] = value;
      ::unsetenv(name);
    }
  }
  ~OptionsTest() override {
    for (const auto& [name, value] : before_) ::setenv(name.c_str(), value.c_str(), 1);
    if (!config_.empty()) std::filesystem::remove(config_);
  }

  static Result<Asked> read(const Arguments& arguments, const Environment& environment = {}) {
    std::vector<const char*> argv = {"tinychat"};
    for (const auto& argument : arguments) argv.push_back(argument.c_str());
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    auto result = read_options(static_cast<int>(argv.size()), argv.data());
    for (const auto& [name, value] : environment) ::unsetenv(name.c_str());
    return result;
  }
  static Options options(const Arguments& arguments, const Environment& environment = {}) {
    auto result = read(arguments, environment);
    if (!result) {
      ADD_FAILURE() << result.error().detail;
      return {};
    }
    return std::get<Options>(*result);
  }
  static std::string error(const Arguments& arguments, const Environment& environment = {}) {
    const auto result = read(arguments, environment);
    if (result) return "(no error)";
    EXPECT_EQ(result.error().code, Code::kUsage);
    return result.error().detail;
  }
  std::string config(const std::string& lines) {
    config_ =
        std::filesystem::temp_directory_path() / ("tinychat-options-" + std::to_string(::getpid()) + ".conf");
    std::ofstream(config_) << lines;
    return config_.string();
  }

 private:
  Environment before_;
  std::filesystem::path config_;
};

TEST_F(OptionsTest, WithoutAnyItServesThisMachineAlone) {
  const Options defaults = options({});
  EXPECT_EQ(defaults.host, "127.0.0.1");
  EXPECT_EQ(defaults.port, 8080);
  EXPECT_EQ(defaults.data, "./data");
  EXPECT_EQ(defaults.journal, JournalKind::kSqlite);
  EXPECT_EQ(defaults.durability, journal::Durability::kFsync);
  EXPECT_EQ(defaults.retention.messages_max, 0U);
  EXPECT_EQ(defaults.retention.age_milliseconds_max, 0U);
  EXPECT_EQ(defaults.shards, std::max(1U, std::thread::hardware_concurrency()));
  EXPECT_TRUE(defaults.allowed_origins.empty());
  EXPECT_EQ(defaults.limits.stream_lifetime, 600s);
  EXPECT_EQ(defaults.limits.heartbeat, 15s);
  EXPECT_EQ(defaults.drain, 1s);
  EXPECT_EQ(defaults.log_level, LogLevel::kInfo);
}

TEST_F(OptionsTest, FlagsSetEverything) {
  const Options set = options({"-p",
                               "9000",
                               "--host",
                               "::1",
                               "--allow-origin",
                               "https://a.example,https://b.example",
                               "--allow-origin",
                               "https://c.example",
                               "--shards",
                               "3",
                               "--data",
                               "/tmp/x",
                               "--journal",
                               "memory",
                               "--durability",
                               "os",
                               "--retain-messages",
                               "10",
                               "--retain-days",
                               "1.5",
                               "--max-message-bytes",
                               "100",
                               "--max-streams",
                               "7",
                               "--stream-lifetime",
                               "0",
                               "--heartbeat",
                               "5",
                               "--drain",
                               "20",
                               "--log-level",
                               "debug"});
  EXPECT_EQ(set.host, "::1");
  EXPECT_EQ(set.port, 9000);
  EXPECT_EQ(set.allowed_origins, (Arguments{"https://a.example", "https://b.example", "https://c.example"}));
  EXPECT_EQ(set.shards, 3U);
  EXPECT_EQ(set.data, "/tmp/x");
  EXPECT_EQ(set.journal, JournalKind::kMemory);
  EXPECT_EQ(set.durability, journal::Durability::kOs);
  EXPECT_EQ(set.retention.messages_max, 10U);
  EXPECT_EQ(set.retention.age_milliseconds_max, 36U * 60 * 60 * 1000);
  EXPECT_EQ(set.limits.message_bytes_max, 100U);
  EXPECT_EQ(set.limits.streams_max, 7U);
  EXPECT_EQ(set.limits.stream_lifetime, 0s);
  EXPECT_EQ(set.limits.heartbeat, 5s);
  EXPECT_EQ(set.drain, 20s);
  EXPECT_EQ(set.log_level, LogLevel::kDebug);
}

TEST_F(OptionsTest, TheEnvironmentSetsWhatFlagsDoNot) {
  const Environment environment = {{"TINYCHAT_PORT", "9000"},
                                   {"TINYCHAT_HOST", "::1"},
                                   {"TINYCHAT_JOURNAL", "memory"},
                                   {"TINYCHAT_ALLOW_ORIGIN", "https://a.example,*"},
                                   {"TINYCHAT_HEARTBEAT", "5"}};
  const Options set = options({}, environment);
  EXPECT_EQ(set.port, 9000);
  EXPECT_EQ(set.host, "::1");
  EXPECT_EQ(set.journal, JournalKind::kMemory);
  EXPECT_EQ(set.allowed_origins, (Arguments{"https://a.example", "*"}));
  EXPECT_EQ(set.limits.heartbeat, 5s);
  const Options both = options({"-p", "1", "--heartbeat", "7"}, environment);
  EXPECT_EQ(both.port, 1);
  EXPECT_EQ(both.limits.heartbeat, 7s);
}

TEST_F(OptionsTest, PortOfAPlatformOpensTheServerToTheNetwork) {
  const Options set = options({}, {{"PORT", "5000"}});
  EXPECT_EQ(set.port, 5000);
  EXPECT_EQ(set.host, net::kEveryInterface);
  EXPECT_EQ(options({"--host", "127.0.0.1"}, {{"PORT", "5000"}}).host, "127.0.0.1");
  EXPECT_EQ(options({}, {{"PORT", "5000"}, {"TINYCHAT_HOST", "::1"}}).host, "::1");
  EXPECT_EQ(options({"-p", "1"}, {{"PORT", "5000"}}).port, 1);
  EXPECT_EQ(options({}, {{"PORT", "5000"}, {"TINYCHAT_PORT", "6000"}}).port, 6000);
  EXPECT_EQ(options({}, {{"PORT", ""}}).port, 8080) << "empty is as good as not there";
  EXPECT_EQ(options({}, {{"PORT", ""}}).host, "127.0.0.1");
}

TEST_F(OptionsTest, AFileSetsWhatNeitherFlagsNorEnvironmentDo) {
  const std::string file =
      config("port = 9000\nheartbeat = 5\njournal = memory\nretain-messages = 10\nshards = 2\n");
  const Options set = options({"--config", file});
  EXPECT_EQ(set.port, 9000);
  EXPECT_EQ(set.limits.heartbeat, 5s);
  EXPECT_EQ(set.journal, JournalKind::kMemory);
  EXPECT_EQ(options({}, {{"TINYCHAT_CONFIG", file}}).port, 9000);
  const Options all = options({"--config", file, "--shards", "4"}, {{"TINYCHAT_PORT", "9100"},
                                                                    {"TINYCHAT_HEARTBEAT", "7"},
                                                                    {"TINYCHAT_JOURNAL", "sqlite"},
                                                                    {"TINYCHAT_SHARDS", "3"}});
  EXPECT_EQ(all.shards, 4U) << "a flag before all";
  EXPECT_EQ(all.port, 9100) << "the environment before the file";
  EXPECT_EQ(all.limits.heartbeat, 7s) << "the environment before the file";
  EXPECT_EQ(all.journal, JournalKind::kSqlite) << "the environment before the file";
  EXPECT_EQ(all.retention.messages_max, 10U);
  EXPECT_EQ(options({"--config", file}, {{"PORT", "9200"}}).port, 9200);
}

TEST_F(OptionsTest, WhatIsWrongIsSaidInOneLineWithTheOptionsName) {
  const std::vector<std::pair<Arguments, std::string>> wrong = {
      {{"--prot", "1"}, "--prot"},
      {{"stray"}, "stray"},
      {{"--port", "x"}, "--port"},
      {{"--port", "65536"}, "--port"},
      {{"--port", "-1"}, "--port"},
      {{"--port"}, "--port"},
      {{"--journal", "paper"}, "--journal"},
      {{"--durability", "hope"}, "--durability"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--shards", "0"}, "--shards"},
      {{"--shards", "257"}, "--shards"},
      {{"--heartbeat", "0"}, "--heartbeat"},
      {{"--drain", "-1"}, "--drain"},
      {{"--drain", "3601"}, "--drain"},
      {{"--retain-days", "-1"}, "--retain-days"},
      {{"--retain-days", "nan"}, "--retain-days"},
      {{"--retain-messages", "-1"}, "--retain-messages"},
      {{"--max-message-bytes", "0"}, "--max-message-bytes"},
      {{"--max-message-bytes", "10001"}, "--max-message-bytes"},
      {{"--max-streams", "-1"}, "--max-streams"},
      {{"--stream-lifetime", "-1"}, "--stream-lifetime"},
      {{"--stream-lifetime", "4294967295"}, "--stream-lifetime"},
      {{"--config", "/nowhere/tinychat.conf"}, "/nowhere/tinychat.conf"},
      {{"--config", "/tmp"}, "/tmp is a directory"},
  };
  for (const auto& [arguments, name] : wrong) {
    const std::string detail = error(arguments);
    EXPECT_NE(detail.find(name), std::string::npos) << detail;
    EXPECT_EQ(detail.find('\n'), std::string::npos) << detail;
    EXPECT_NE(detail.find("--help"), std::string::npos) << detail;
  }
  EXPECT_NE(error({}, {{"PORT", "http"}}).find("PORT=http"), std::string::npos);
  EXPECT_NE(error({}, {{"TINYCHAT_PORT", "70000"}}).find("TINYCHAT_PORT=70000"), std::string::npos);
  EXPECT_NE(error({}, {{"TINYCHAT_SHARDS", "many"}}).find("--shards"), std::string::npos);
  EXPECT_NE(error({"--config", config("prot = 1\n")}).find("prot"), std::string::npos);
  EXPECT_NE(error({"--config", config("shards = many\n")}).find("--shards"), std::string::npos);
}

TEST_F(OptionsTest, HelpAndVersionArePrintedInsteadOfServing) {
  const auto version = read({"--version"});
  ASSERT_TRUE(version);
  EXPECT_EQ(std::get<JustPrint>(*version).text, "tinychat " TINYCHAT_VERSION "\n");
  for (const auto* flag : {"--help", "-h"}) {
    const auto help = read({flag});
    ASSERT_TRUE(help);
    const std::string& text = std::get<JustPrint>(*help).text;
    for (const auto* name :
         {"--port", "--host", "--data", "--journal", "--retain-days", "--config", "--version"}) {
      EXPECT_NE(text.find(name), std::string::npos) << name;
    }
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         begin = end + 1, end = text.find('\n', begin)) {
      EXPECT_LE(end - begin, 100U) << text.substr(begin, end - begin);
    }
  }
}

TEST_F(OptionsTest, RedisByFlagOrAsPlatformsSetIt) {
  auto set = options({"--redis", "rediss://:x@h:1/2", "--redis-prefix", "p:"});
  EXPECT_EQ(set.journal, JournalKind::kRedis);
  EXPECT_EQ(set.redis.host, "h");
  EXPECT_EQ(set.redis.database, 2U);
  EXPECT_EQ(set.redis_prefix, "p:");
  for (const auto* name : {"REDIS_URL", "REDISTOGO_URL", "TINYCHAT_REDIS"}) {
    set = options({}, {{name, "redis://elsewhere"}});
    EXPECT_EQ(set.journal, JournalKind::kRedis) << name;
    EXPECT_EQ(set.redis.host, "elsewhere") << name;
    EXPECT_EQ(set.redis_prefix, "tinychat:");
    EXPECT_TRUE(set.is_redis_in_environment) << name;
  }
  EXPECT_FALSE(options({"--redis", "redis://flag"}).is_redis_in_environment);
  EXPECT_EQ(options({"--redis", "redis://flag"}, {{"REDIS_URL", "redis://env"}}).redis.host, "flag");
  EXPECT_EQ(options({}, {{"REDISTOGO_URL", "redis://b"}, {"REDIS_URL", "redis://a"}}).redis.host, "a");
}

TEST_F(OptionsTest, AJournalThatIsChosenIsNotChangedByThePlatform) {
  EXPECT_EQ(options({"--journal", "memory"}, {{"REDIS_URL", "redis://h"}}).journal, JournalKind::kMemory);
  EXPECT_EQ(options({}, {{"REDIS_URL", ""}}).journal, JournalKind::kSqlite);
  EXPECT_NE(error({"--journal", "sqlite", "--redis", "redis://h"}).find("choose one"), std::string::npos);
  EXPECT_NE(error({"--redis", "h:6379"}).find("redis://"), std::string::npos);
  EXPECT_NE(error({"--redis", "redis://h", "--redis-prefix", "{x}"}).find("brace"), std::string::npos);
  EXPECT_EQ(error({"--redis", "redis://:sesame@h:x"}).find("sesame"), std::string::npos);
}

}  // namespace tinychat::app::options_test
