namespace Rollsync.Tests { public static class MemoryTests {} }
