;; A typed function reference in place of a table
;;
;; What it does: the published example's loop, calling through a mutable global that holds a `(ref $unary)`.
;;
;; Why it matters: `call_ref` needs neither a bounds check nor a signature check, so that the call is cheaper to begin
;; with and inlining has less to save; one compare of the reference settles target and instance together.
(module
  (type $unary (func (param i32) (result i32)))

  (global $callee (export "callee") (mut (ref $unary)) (ref.func $inlinee))

  (func $inlinee (type $unary) (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (local.set $sum
          (i32.add
            (call_ref $unary (i32.const 7) (global.get $callee))
            (local.get $sum)))
        (br $next)))
    (local.get $sum)))
