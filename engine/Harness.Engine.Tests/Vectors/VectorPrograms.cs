namespace Harness.Engine.Tests.Vectors;

/// <summary>
/// Programs in which vectors are alive where optimized code does something to its values. Each has a function <c>f</c> that makes a number of a number above
/// zero, of all vectors that it comes by; <see cref="Common"/> belongs to each of them.
/// </summary>
internal static class VectorPrograms
{
    private const int MostVectors = 22;

    /// <summary>A number in which all bits of a vector count, and vectors made of a number.</summary>
    public const string Common =
        """
        (func $sum (param v128) (result i64)
          (i64.add
            (i64.mul (i64x2.extract_lane 0 (local.get 0)) (i64.const 0x9E3779B97F4A7C15))
            (i64.xor (i64x2.extract_lane 1 (local.get 0)) (i64.const 0x5555))))
        (func $make (param i32) (result v128)
          (i64x2.replace_lane 1 (i32x4.splat (local.get 0)) (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const 0x123456789))))
        """;

    /// <summary>The programs, by what they are about.</summary>
    public static readonly (string Name, string Text)[] Programs =
    [
        (
            "more vectors than registers",
            $"""
            (func (export "f") (param $n i32) (result i64) {Each(i => $"(local $v{i} v128)")}
              {Each(i => $"(local.set $v{i} (call $make (i32.add (local.get $n) (i32.const {i}))))")}
              (loop $next
                {Each(i => $"(local.set $v{i} (i32x4.add (local.get $v{i}) (local.get $v{(i + 7) % MostVectors})))")}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              {Each(i => $"(call $sum (local.get $v{i}))")}
              {string.Concat(Enumerable.Repeat("(i64.add)", MostVectors - 1))})
            """
        ),
        (
            "vectors and floats that change places",
            $"""
            (func (export "f") (param $n i32) (result i64) {Each(i => $"(local $v{i} v128) (local $d{i} f64)")}
              {Each(i => $"(local.set $v{i} (call $make (i32.add (local.get $n) (i32.const {i})))) (local.set $d{i} (f64.const {i}.5))")}
              (loop $next
                {Each(i => $"(local.get $v{i}) (local.get $d{i})")}
                {string.Concat(Enumerable.Range(0, MostVectors).Reverse().Select(i => $"(local.set $d{(i + 1) % MostVectors}) (local.set $v{(i + 3) % MostVectors})"))}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              {Each(i => $"(i64.mul (call $sum (local.get $v{i})) (i64.add (i64.const {i}) (i64.reinterpret_f64 (local.get $d{i}))))")}
              {string.Concat(Enumerable.Repeat("(i64.add)", MostVectors - 1))})
            """
        ),
        (
            "two vectors that are exchanged in the frame",
            """
            (func $no (param i32))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $t v128)
              (local.set $a (call $make (i32.const 3)))
              (local.set $b (call $make (i32.const 4)))
              (loop $next
                (local.set $t (local.get $a))
                (local.set $a (local.get $b))
                (local.set $b (i16x8.add (local.get $t) (local.get $a)))
                (call_indirect (param i32) (local.get $n) (i32.const 0))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.sub (call $sum (local.get $a)) (call $sum (local.get $b))))
            (table funcref (elem $no))
            """
        ),
        (
            "parameters and results in memory",
            $"""
            (func $many (param i32 {Repeat("v128 f32", 9)} i64) (result v128 i32 v128 f64 {Repeat("v128", 8)})
              (v128.xor (local.get 17) (local.get 1)) (local.get 0) (local.get 15) (f64.promote_f32 (local.get 18))
              {string.Concat(Enumerable.Range(0, 8).Select(i => $"(i8x16.sub (local.get {(2 * i) + 1}) (local.get {(2 * i) + 3}))"))})
            (func (export "f") (param $n i32) (result i64) (local $r i64)
              (call $many (local.get $n)
                {string.Concat(Enumerable.Range(0, 9).Select(i => $"(call $make (i32.mul (local.get $n) (i32.const {i + 1}))) (f32.const {i}.25)"))}
                (i64.const 7))
              {string.Concat(Enumerable.Range(0, 8).Select(i => $"(local.set $r (i64.add (call $sum) (i64.mul (local.get $r) (i64.const 3))))"))}
              (local.set $r (i64.add (i64.trunc_f64_s) (local.get $r)))
              (local.set $r (i64.add (call $sum) (local.get $r)))
              (local.set $r (i64.add (i64.extend_i32_u) (local.get $r)))
              (i64.add (call $sum) (local.get $r)))
            """
        ),
        (
            "a constant passed, returned and carried around",
            """
            (func $pass (param v128 i32) (result v128 v128) (local.get 0) (v128.const i32x4 9 8 7 6))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128)
              (loop $next
                (local.set $a (i32x4.add (local.get $a) (local.get $b)))
                (if (i32.and (local.get $n) (i32.const 1))
                  (then (local.set $b (v128.const i64x2 0x123456789ABCDEF -2)))
                  (else (local.set $b (v128.const i32x4 0 0 0 0))))
                (call $pass (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16) (local.get $n))
                (local.set $a (v128.xor (local.get $a)))
                (local.set $a (i16x8.mul (local.get $a)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (call $sum (v128.or (local.get $a) (local.get $b))))
            """
        ),
        (
            "globals",
            """
            (global $a (mut v128) (v128.const i32x4 1 2 3 4))
            (global $b v128 (v128.const i32x4 5 6 7 8))
            (func (export "f") (param $n i32) (result i64)
              (loop $next
                (global.set $a (i32x4.mul (i32x4.add (global.get $a) (global.get $b)) (global.get $a)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (call $sum (global.get $a)))
            """
        ),
        (
            "structures and arrays",
            """
            (type $cell (struct (field $byte (mut i8)) (field $a (mut v128)) (field $next (ref null $cell)) (field $b v128)))
            (type $array (array (mut v128)))
            (func (export "f") (param $n i32) (result i64) (local $head (ref null $cell)) (local $i i32) (local $sum i64) (local $array (ref null $array))
              (local.set $array (array.new $array (v128.const i32x4 1 2 3 4) (i32.add (local.get $n) (i32.const 20))))
              (array.fill $array (local.get $array) (i32.const 3) (call $make (local.get $n)) (i32.const 9))
              (array.copy $array $array (local.get $array) (i32.const 1) (local.get $array) (i32.const 5) (local.get $n))
              (loop $next
                (local.set $head
                  (struct.new $cell (local.get $n) (call $make (local.get $n)) (local.get $head) (array.get $array (local.get $array) (local.get $n))))
                (struct.set $cell $a (local.get $head) (i8x16.add (struct.get $cell $a (local.get $head)) (struct.get $cell $b (local.get $head))))
                (array.set $array (local.get $array) (local.get $n) (struct.get $cell $a (local.get $head)))
                (local.set $sum (i64.add (local.get $sum) (call $sum (array.get $array
                  (array.new_fixed $array 3 (struct.get $cell $b (local.get $head)) (call $make (local.get $n)) (v128.const i64x2 4 5))
                  (i32.rem_u (local.get $n) (i32.const 3))))))
                (local.set $sum (i64.add (local.get $sum) (call $sum (array.get $array (array.new_default $array (local.get $n)) (i32.const 0)))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (loop $walk
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (call $sum (struct.get $cell $a (local.get $head)))))
                (br_if $walk (i32.eqz (ref.is_null (local.tee $head (struct.get $cell $next (local.get $head)))))))
              (loop $elements
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 5)) (call $sum (array.get $array (local.get $array) (local.get $i)))))
                (br_if $elements (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $array)))))
              (local.get $sum))
            """
        ),
        (
            "an array of many vectors, and one made by the runtime while vectors are alive",
            $"""
            (type $array (array (mut v128)))
            (type $bytes (array (mut i8)))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $d f64) (local $bytes (ref null $bytes))
              (local.set $a (call $make (local.get $n)))
              (local.set $b (i32x4.add (local.get $a) (local.get $a)))
              (local.set $d (f64.convert_i32_u (local.get $n)))
              (local.set $bytes (array.new $bytes (local.get $n) (i32.mul (local.get $n) (i32.const 40000))))
              (i64.add
                (i64.add (call $sum (local.get $a)) (i64.reinterpret_f64 (local.get $d)))
                (i64.add
                  (i64.extend_i32_u (array.get_u $bytes (local.get $bytes) (i32.const 77)))
                  (call $sum (i16x8.add (local.get $b) (array.get $array
                    (array.new_fixed $array 7000 {string.Concat(Enumerable.Range(0, 7000).Select(i => i % 100 == 0 ? "(local.get $b)" : "(local.get $a)"))})
                    (i32.mul (local.get $n) (i32.const 50))))))))
            """
        ),
        (
            "targets that change while vectors are alive",
            """
            (type $t (func (param v128 i64) (result v128)))
            (table funcref (elem $one $two $three))
            (func $one (type $t) (i32x4.add (local.get 0) (v128.const i32x4 1 2 3 4)))
            (func $two (type $t) (i8x16.sub (local.get 0) (i64x2.splat (local.get 1))))
            (func $three (type $t) (v128.not (local.get 0)))
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $c v128) (local $i i32) (local $k v128)
              (local.set $b (call $make (local.get $n)))
              (local.set $k (v128.const i64x2 0x1122334455667788 0x99AABBCCDDEEFF))
              (local.set $i (i32.const 60))
              (loop $next
                (local.set $c (i64x2.add (local.get $c) (local.get $k)))
                (local.set $a (call_indirect (type $t)
                  (v128.xor (local.get $a) (local.get $b)) (i64.extend_i32_u (local.get $i)) (i32.div_u (local.get $i) (i32.const 21))))
                (local.set $b (i16x8.add (local.get $b) (local.get $c)))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (i64.add (call $sum (local.get $a)) (i64.add (call $sum (local.get $b)) (call $sum (i32x4.add (local.get $c) (local.get $k))))))
            """
        ),
        (
            "objects without memory that have vectors",
            """
            (type $t (func (param i32) (result i32)))
            (type $pair (struct (field $a (mut v128)) (field $b (mut i32)) (field $c v128)))
            (type $array (array (mut v128)))
            (table funcref (elem $one $two))
            (func $one (type $t) (i32.add (local.get 0) (i32.const 1)))
            (func $two (type $t) (i32.mul (local.get 0) (i32.const 3)))
            (func (export "f") (param $n i32) (result i64) (local $pair (ref $pair)) (local $array (ref $array)) (local $i i32)
              (local.set $pair (struct.new $pair (call $make (local.get $n)) (local.get $n) (v128.const i32x4 1 -1 2 -2)))
              (local.set $array (array.new_fixed $array 2 (v128.const i32x4 7 7 7 7) (call $make (i32.const 5))))
              (local.set $i (i32.const 50))
              (loop $next
                (struct.set $pair $b (local.get $pair)
                  (call_indirect (type $t) (struct.get $pair $b (local.get $pair)) (i32.lt_u (local.get $i) (i32.const 9))))
                (struct.set $pair $a (local.get $pair)
                  (i32x4.add (struct.get $pair $a (local.get $pair)) (array.get $array (local.get $array) (i32.const 1))))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (i64.add
                (i64.extend_i32_u (struct.get $pair $b (local.get $pair)))
                (i64.add
                  (call $sum (struct.get $pair $a (local.get $pair)))
                  (i64.add
                    (call $sum (struct.get $pair $c (local.get $pair)))
                    (call $sum (array.get $array (local.get $array) (i32.const 0)))))))
            """
        ),
        (
            "exceptions",
            """
            (tag $t (param i32 v128 i64 v128))
            (func $throws (param $n i32) (param $v v128)
              (if (i32.and (local.get $n) (i32.const 1))
                (then (throw $t (local.get $n) (local.get $v) (i64.const 3) (i32x4.add (local.get $v) (local.get $v))))))
            (func (export "f") (param $n i32) (result i64) (local $sum i64) (local $v v128)
              (local.set $v (call $make (local.get $n)))
              (loop $next
                (block $done
                  (block $caught (result i32 v128 i64 v128)
                    (try_table (catch $t $caught)
                      (call $throws (local.get $n) (local.get $v))
                      (if (i32.eqz (i32.rem_u (local.get $n) (i32.const 6)))
                        (then (throw $t (i32.const 1) (local.get $v) (i64.const 8) (v128.const i32x4 1 2 3 4)))))
                    (br $done))
                  (local.set $v (i16x8.sub (local.get $v)))
                  (local.set $sum (i64.add (local.get $sum)))
                  (local.set $v (i8x16.add (local.get $v)))
                  (local.set $sum (i64.add (i64.extend_i32_u) (local.get $sum))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (local.get $sum) (call $sum (local.get $v))))
            """
        ),
        (
            "tail calls",
            $"""
            (func $next (param $n i32) (param $a v128) (param $b v128) {Repeat("(param v128)", 8)} (result v128)
              (if (i32.eqz (local.get $n)) (then (return (i32x4.add (local.get $a) (local.get 9)))))
              (return_call $next (i32.sub (local.get $n) (i32.const 1)) (local.get $b) (i16x8.add (local.get $a) (local.get $b))
                {string.Concat(Enumerable.Range(3, 7).Select(i => $"(local.get {i + 1})"))} (local.get 3)))
            (func (export "f") (param $n i32) (result i64)
              (call $sum (call $next (local.get $n) {string.Concat(Enumerable.Range(0, 10).Select(i => $"(call $make (i32.const {i}))"))})))
            """
        ),
        (
            "selection by integers and floats",
            """
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $b v128) (local $x f64)
              (local.set $a (call $make (local.get $n)))
              (local.set $x (f64.const 3))
              (loop $next
                (local.set $b (select (v128.not (local.get $b)) (i8x16.add (local.get $a) (local.get $b)) (i32.and (local.get $n) (i32.const 4))))
                (local.set $b (select (local.get $b) (i32x4.sub (local.get $a) (local.get $b)) (f64.lt (local.get $x) (f64.convert_i32_u (local.get $n)))))
                (local.set $a (select (i32x4.add (local.get $a) (local.get $b)) (local.get $a) (f64.eq (local.get $x) (f64.convert_i32_u (local.get $n)))))
                (local.set $a (select (i64x2.sub (local.get $a) (local.get $b)) (local.get $a) (f64.ne (f64.sqrt (f64.sub (f64.const 7) (local.get $x))) (f64.const 2))))
                (local.set $x (f64.add (local.get $x) (f64.const 1)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (call $sum (local.get $a)) (call $sum (local.get $b))))
            """
        ),
        (
            "memory",
            """
            (memory 1)
            (memory $other 1)
            (func (export "f") (param $n i32) (result i64) (local $a v128) (local $sum i64)
              (loop $next
                (v128.store offset=3 (local.get $n) (i32x4.add (call $make (local.get $n)) (v128.load offset=1 (local.get $n))))
                (v128.store $other (i32.mul (local.get $n) (i32.const 16)) (v128.load8x8_s (local.get $n)))
                (v128.store16_lane offset=9 5 (local.get $n) (local.get $a))
                (v128.store64_lane $other 1 (local.get $n) (local.get $a))
                (local.set $a (v128.load8_lane offset=2 7 (local.get $n) (local.get $a)))
                (local.set $a (v128.load32_lane $other 2 (local.get $n) (local.get $a)))
                (local.set $a (i8x16.add (local.get $a) (v128.load8_splat offset=4 (local.get $n))))
                (local.set $a (i16x8.add (v128.load16_splat offset=4 (local.get $n)) (local.get $a)))
                (local.set $a (i32x4.add (local.get $a) (v128.load32_zero offset=4 (local.get $n))))
                (local.set $a (v128.xor (v128.load $other offset=8 (local.get $n)) (local.get $a)))
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (call $sum (local.get $a))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """
        ),
    ];

    private static string Each(Func<int, string> text) => string.Concat(Enumerable.Range(0, MostVectors).Select(text));

    private static string Repeat(string text, int count) => string.Join(' ', Enumerable.Repeat(text, count));
}
