// How fast every CPU of this process multiplies and adds right now: one thread per CPU, all at
// once, a loop of independent fused multiply-adds that touches no memory. bench/run discards what
// it measured while this was slow, and takes the best value seen as the machine's peak.
//   stdin "probe MILLISECONDS" -> stdout "ok GFLOPS_OF_CPU0 GFLOPS_OF_CPU1 ..."
//   stdin "peak bf16|int8 MILLISECONDS" -> the same with that arithmetic; a bare "ok" where the CPU
//   has no instruction for it.
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

// Machine code, not intrinsics: a compiler that kept one chain in memory would lower the peak by
// half and the gate with it. The registers hold whatever they held; values do not change the speed
// as long as they are normal numbers, so all start from one.
constexpr int kChains512 = 16;  // more than latency x issue width of any x86 core
constexpr int kChains256 = 12;  // what sixteen registers leave beside the two operands

using Loop = void (*)(long iterations);

void loop_avx512(long iterations) {
  const float one = 1.0F;
  const float factor = 1e-9F;
  asm volatile(
      "vbroadcastss %[one], %%zmm16\n\t"
      "vbroadcastss %[factor], %%zmm17\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vmovaps %%zmm16, %%zmm\\r\n\t"
      ".endr\n\t"
      "1:\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vfmadd231ps %%zmm16, %%zmm17, %%zmm\\r\n\t"
      ".endr\n\t"
      "dec %[n]\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : [n] "+r"(iterations)
      : [one] "m"(one), [factor] "m"(factor)
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

void loop_avx2(long iterations) {
  const float one = 1.0F;
  const float factor = 1e-9F;
  asm volatile(
      "vbroadcastss %[one], %%ymm14\n\t"
      "vbroadcastss %[factor], %%ymm15\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vmovaps %%ymm14, %%ymm\\r\n\t"
      ".endr\n\t"
      "1:\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t"
      "vfmadd231ps %%ymm14, %%ymm15, %%ymm\\r\n\t"
      ".endr\n\t"
      "dec %[n]\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : [n] "+r"(iterations)
      : [one] "m"(one), [factor] "m"(factor)
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

// Dot products of pairs of bfloat16 values, accumulated in float32.
void loop_bf16(long iterations) {
  asm volatile(
      "vpxord %%zmm16, %%zmm16, %%zmm16\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vmovaps %%zmm16, %%zmm\\r\n\t"
      ".endr\n\t"
      "1:\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vdpbf16ps %%zmm16, %%zmm16, %%zmm\\r\n\t"
      ".endr\n\t"
      "dec %[n]\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : [n] "+r"(iterations)
      :
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

// Dot products of four bytes, accumulated in int32.
void loop_int8(long iterations) {
  asm volatile(
      "vpxord %%zmm16, %%zmm16, %%zmm16\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vmovaps %%zmm16, %%zmm\\r\n\t"
      ".endr\n\t"
      "1:\n\t"
      ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
      "vpdpbusd %%zmm16, %%zmm16, %%zmm\\r\n\t"
      ".endr\n\t"
      "dec %[n]\n\t"
      "jnz 1b\n\t"
      "vzeroupper"
      : [n] "+r"(iterations)
      :
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

struct Chosen {
  Loop loop;
  double flops_per_iteration;
};

Chosen choose() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return {loop_avx512, kChains512 * 16 * 2.0};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {loop_avx2, kChains256 * 8 * 2.0};
  }
  return {nullptr, 0};
}

Chosen choose(const char* type) {
  __builtin_cpu_init();
  if (std::strcmp(type, "bf16") == 0 && __builtin_cpu_supports("avx512bf16")) {
    return {loop_bf16, kChains512 * 32 * 2.0};
  }
  if (std::strcmp(type, "int8") == 0 && __builtin_cpu_supports("avx512vnni")) {
    return {loop_int8, kChains512 * 64 * 2.0};
  }
  return {nullptr, 0};
}

double seconds_of(Loop loop, long iterations) {
  const auto start = std::chrono::steady_clock::now();
  loop(iterations);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

// GFLOP/s of each CPU over about `milliseconds` of wall time.
std::vector<double> probe(const Chosen& chosen, const std::vector<int>& cpus, double milliseconds) {
  std::vector<double> rates(cpus.size());
  std::atomic<size_t> ready{0};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < cpus.size(); ++i) {
    threads.emplace_back([&, i] {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(cpus[i], &set);
      pthread_setaffinity_np(pthread_self(), sizeof set, &set);
      ready.fetch_add(1);
      while (ready.load() < cpus.size()) std::this_thread::yield();
      constexpr long kTrial = 20000;
      const double trial = seconds_of(chosen.loop, kTrial);
      const long iterations = static_cast<long>(kTrial * milliseconds * 1e-3 / trial) + 1;
      const double seconds = seconds_of(chosen.loop, iterations);
      rates[i] = static_cast<double>(iterations) * chosen.flops_per_iteration / seconds * 1e-9;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return rates;
}

std::string answer(const std::vector<double>& rates) {
  std::string reply = "ok";
  for (double rate : rates) reply += ' ' + std::to_string(rate);
  return reply;
}

std::string obey(const char* line, const Chosen& gate, const std::vector<int>& cpus) {
  char type[8] = "";
  double milliseconds = 0;
  const bool peak = std::sscanf(line, "peak %7s %lf", type, &milliseconds) == 2;
  if (!peak && std::sscanf(line, "probe %lf", &milliseconds) != 1) milliseconds = 0;
  if (!(milliseconds > 0) || milliseconds > 10000) {
    return "error expected: probe MILLISECONDS, or peak TYPE MILLISECONDS (above 0, at most 10000)";
  }
  const Chosen chosen = peak ? choose(type) : gate;
  return chosen.loop == nullptr ? "ok" : answer(probe(chosen, cpus, milliseconds));
}

}  // namespace

int main() {
  const Chosen chosen = choose();
  if (chosen.loop == nullptr) {
    std::puts("error this CPU has no fused multiply-add; the gate needs AVX2 and FMA");
    return 1;
  }
  const std::vector<int> cpus = allowed_cpus();
  char line[256];
  while (std::fgets(line, sizeof line, stdin) != nullptr) {
    if (std::strncmp(line, "quit", 4) == 0) break;
    std::puts(obey(line, chosen, cpus).c_str());
    std::fflush(stdout);
  }
  return 0;
}
