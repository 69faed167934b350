// For tests: a real redis-server of their own, on a socket in a directory of its own.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "redis/session.h"

namespace tinychat::redis {

class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> options = {}) : options_(std::move(options)) {
    std::string name = "/tmp/tinychat-redis-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
    start();
  }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;
  ~RedisServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  void start() {
    // It ends with the thread that started it, however that ends.
    std::vector<std::string> words{"setpriv",    "--pdeathsig",  "KILL",  "redis-server", "--port",
                                   "0",          "--unixsocket", path(),  "--save",       "",
                                   "--loglevel", "warning",      "--dir", directory_,     "--logfile",
                                   "log"};
    words.insert(words.end(), options_.begin(), options_.end());
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
    }
    if (::posix_spawnp(&pid_, "setpriv", &actions, nullptr, arguments.data(), ::environ) != 0) {
      throw std::runtime_error("cannot start redis-server; script/bootstrap --test installs it");
    }
    posix_spawn_file_actions_destroy(&actions);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    // Its socket is there before it listens.
    while (!answers()) {
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error("redis-server does not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::unlink(path().c_str());
    pid_ = -1;
  }
  void freeze() const { ::kill(pid_, SIGSTOP); }
  void thaw() const { ::kill(pid_, SIGCONT); }

  [[nodiscard]] std::string path() const { return directory_ + "/socket"; }
  [[nodiscard]] Endpoint endpoint() const {
    return {.kind = Endpoint::Kind::kUnix, .host = path(), .port = 0, .user = {}, .password = {}};
  }

  // One command of the test itself.
  Reply call(std::initializer_list<std::string_view> command) {
    Session session(endpoint(), "test");
    auto reply = session.call(command, std::chrono::steady_clock::now() + std::chrono::seconds(10));
    if (!reply) throw std::runtime_error(reply.error().detail);
    return std::move(*reply);
  }

 private:
  [[nodiscard]] bool answers() const {
    if (::access(path().c_str(), F_OK) != 0) return false;
    Session session(endpoint(), "start");
    const auto ready = session.ready(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    return ready || ready.error().code != Code::kUnavailable;
  }

  const std::vector<std::string> options_;
  std::string directory_;
  pid_t pid_ = -1;
};

}  // namespace tinychat::redis
