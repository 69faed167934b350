#include "app/greeting.h"

#include <string_view>

#include "app/door.h"
#include "redis/endpoint.h"

namespace tinychat::app {
namespace {

// An address to open in a browser on this machine.
std::string url_of(const std::string& address, std::uint16_t port) {
  std::string host = is_every_interface(address) ? "127.0.0.1" : address;
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return "http://" + host + ':' + std::to_string(port);
}

std::string where_messages_go(const Options& options) {
  if (options.journal == JournalKind::kMemory) return "in memory, gone when the program ends";
  if (options.journal == JournalKind::kRedis) {
    return "in Redis at " + redis::to_string(options.redis) + ", which several nodes can share";
  }
  std::string where = "in " + options.data.string();
  if (options.durability == journal::Durability::kOs) {
    where += ", without waiting for the disk: a loss of power can take back the last of them";
  }
  return where;
}

// As one word for a shell.
std::string quoted(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string word = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      word += R"('\'')";
    } else {
      word += byte;
    }
  }
  return word + '\'';
}

// What commands have to be told to find the same storage.
std::string where_commands_look(const Options& options) {
  const Options usual;
  if (options.journal == JournalKind::kSqlite) {
    return options.data == usual.data ? "" : " --data " + quoted(options.data.string());
  }
  std::string where;
  // What is in the environment the command finds by itself, with its password.
  if (!options.is_redis_in_environment)
    where = " --redis " + quoted(redis::url_without_password(options.redis));
  if (options.redis_prefix != usual.redis_prefix) {
    where += " --redis-prefix " + quoted(options.redis_prefix);
  }
  return where;
}

// What a command has to be told to say the same address.
std::string where_it_is_reached(const Options& options, std::uint16_t port) {
  return (options.host == "127.0.0.1" ? "" : " --host " + quoted(options.host)) +
         (port == Options().port ? "" : " --port " + std::to_string(port));
}

std::string what_to_try(const Options& options, std::uint16_t port, const std::string& url) {
  if (door_of(options) == room::Door::kClosed) {
    // No command reaches what is in the memory of another process.
    if (options.journal == JournalKind::kMemory) return "";
    const std::string where = where_commands_look(options);
    return "\n  a token for a program    tinychat token create --name ci --can publish --room deploys" +
           where + "\n  the join link again      tinychat join-link" + where +
           where_it_is_reached(options, port) + "\n";
  }
  return "\n  follow a room    curl -N " + url +
         "/subscribe/everyone\n"
         "  say something    curl -d sender=me -d message=hello " +
         url + "/everyone\n";
}

std::string who_comes_in(const Options& options, std::uint16_t port, const Invitation& invitation) {
  if (door_of(options) == room::Door::kClosed) {
    const std::string link = address_for_others(options.host, port) + "/join/";
    std::string text = invitation.join_code.empty()
                           ? "The join link lets nobody in any more; make another with `join-link --new`.\n"
                           : "People come in by this link:  " + link + invitation.join_code + "\n";
    if (!invitation.owner_code.empty()) {
      text += "Open this one yourself, once; it makes you the owner:  " + link + invitation.owner_code + "\n";
    }
    return text;
  }
  if (is_own_machine(options.host)) return "";
  return (is_every_interface(options.host) ? "It listens on every interface: w" : "W") +
         ("hoever reaches port " + std::to_string(port)) + " can read and write.\n";
}

}  // namespace

std::string greeting(const Options& options, std::uint16_t port, std::uint16_t admin_port,
                     const Invitation& invitation) {
  const std::string url = url_of(options.host, port);
  return "tinychat " TINYCHAT_VERSION " is ready: open " + url + "\n" +
         who_comes_in(options, port, invitation) + "Messages are kept " + where_messages_go(options) + ".\n" +
         (options.admin
              ? "Its operator finds numbers and health at " + url_of(options.admin->host, admin_port) + "\n"
              : "") +
         what_to_try(options, port, url);
}

}  // namespace tinychat::app
