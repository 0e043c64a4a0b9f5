;; test: ir function=call after=build
;; test: ir function=known after=build
;; test: ir function=legacy after=build
;; test: ir function=inlined passes=fold,branch-simplification,dce
;; test: ir function=peeled passes=peel
;; test: code function=call tier=optimized
;; feedback: inlined@0 -> $parse:1000000
;;
;; Exceptions in optimized code. A call in a block that catches has a second way out, to where the exception comes in; its code lies
;; out of line. A throw that such a block catches, in an inlined function as well, is a jump, and makes an exception only where somebody
;; asks for it.
(module
  (import "m" "f" (func $may-throw (param i32) (result i32)))
  (tag $a (param i32))
  (tag $b (param i64 f64))
  (func $call (param $x i32) (param $y i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $a $caught)
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (return (call $may-throw (local.get $x))))
      (unreachable))
    (i32.add (local.get $y)))
  (func $known (param $x i32) (result i32 exnref)
    (block $caught (result i32 exnref)
      (try_table (catch_ref $a $caught)
        (block $other
          (try_table (catch_all $other)
            (throw $b (i64.const 1) (f64.const 2))))
        (throw $a (local.get $x)))
      (unreachable)))
  (func $legacy (param $x i32) (result i32)
    (try $outer (result i32)
      (do (call $may-throw (local.get $x)))
      (catch $a
        (local.set $x)
        (try (result i32)
          (do (call $may-throw (local.get $x)))
          (catch $b (drop) (drop) (rethrow $outer))
          (catch_all (i32.const 2))))))
  (func $parse (param $x i32) (result i32)
    (if (i32.gt_u (local.get $x) (i32.const 9)) (then (throw $a (local.get $x))))
    (i32.sub (local.get $x) (i32.const 48)))
  (func $inlined (param $x i32) (result i32)
    (block $caught (result i32)
      (try_table (catch $a $caught) (return (call $parse (local.get $x))))
      (unreachable))
    (i32.const 1000)
    (i32.add))
  (func $peeled (param $s (ref null $s)) (result i32)
    (block $caught
      (try_table (catch_all $caught)
        (loop $next
          (br_if $next (call $may-throw (struct.get $s 0 (local.get $s))))))
      (return (i32.const 1)))
    (i32.const 2))
  (type $s (struct (field i32))))

;;> == ir function=call after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = argument #1
;;>   v2: i32 = i32.const 1
;;>   v3: i32 = i32.add v1, v2
;;>   v4: i32 = call @may-throw, v0
;;>   invoke b1, b2
;;> b1:
;;>   return v4
;;> b2:
;;>   v5: (ref exn) = caught_exception
;;>   v6: i32 = has_tag tag#0, v5
;;>   branch v6, b3, b4
;;> b3:
;;>   v7: i32 = exception_value tag#0, #0, v5
;;>   v8: i32 = i32.add v7, v3
;;>   return v8
;;> b4:
;;>   throw v5

;;> == ir function=known after=build
;;> after build
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i64 = i64.const 1
;;>   v2: f64 = f64.const 2
;;>   v3: (ref exn) = new_exception tag#1, v1, v2
;;>   v4: (ref exn) = new_exception tag#0, v0
;;>   return v0, v4

;;> == ir function=legacy after=build
;;> after build
;;> b0:
;;>   v0: i32 = i32.const 2
;;>   v1: i32 = argument #0
;;>   v2: i32 = call @may-throw, v1
;;>   invoke b1, b2
;;> b1:
;;>   jump b9(v1, v2)
;;> b2:
;;>   v3: (ref exn) = caught_exception
;;>   v4: i32 = has_tag tag#0, v3
;;>   branch v4, b3, b10
;;> b3:
;;>   v5: i32 = exception_value tag#0, #0, v3
;;>   v6: i32 = call @may-throw, v5
;;>   invoke b4, b5
;;> b4:
;;>   jump b8(v6)
;;> b5:
;;>   v7: (ref exn) = caught_exception
;;>   v8: i32 = has_tag tag#1, v7
;;>   branch v8, b6, b7
;;> b6:
;;>   v9: i64 = exception_value tag#1, #0, v7
;;>   v10: f64 = exception_value tag#1, #1, v7
;;>   throw v3
;;> b7:
;;>   jump b8(v0)
;;> b8(v11: i32):
;;>   jump b9(v5, v11)
;;> b9(v12: i32, v13: i32):
;;>   return v13
;;> b10:
;;>   throw v3

;;> == ir function=inlined passes=fold,branch-simplification,dce
;;> before
;;> b0:
;;>   v0: i32 = argument #0
;;>   v1: i32 = i32.const 9
;;>   v2: i32 = i32.gt_u v0, v1
;;>   v3: i32 = i32.const 48
;;>   v4: i32 = i32.const 1000
;;>   branch v2, b1, b2
;;> b1:
;;>   v5: (ref exn) = new_exception tag#0, v0
;;>   v6: i32 = i32.add v0, v4
;;>   return v6
;;> b2:
;;>   v7: i32 = i32.sub v0, v3
;;>   return v7
;;> after
;;> b0:
;;>   v0: i32 = i32.const -48
;;>   v1: i32 = argument #0
;;>   v2: i32 = i32.const 9
;;>   v3: i32 = i32.gt_u v1, v2
;;>   v4: i32 = i32.const 1000
;;>   branch v3, b1, b2
;;> b1:
;;>   v5: i32 = i32.add v1, v4
;;>   return v5
;;> b2:
;;>   v6: i32 = i32.add v1, v0
;;>   return v6

;;> == ir function=peeled passes=peel
;;> before
;;> b0:
;;>   v0: (ref null type#0) = argument #0
;;>   v1: i32 = i32.const 1
;;>   v2: i32 = i32.const 2
;;>   jump b1
;;> b1:  ; loop
;;>   loop_stack_check
;;>   v4: i32 = struct.get type#0, #0, v0
;;>   v5: i32 = call @may-throw, v4
;;>   invoke b2, b4
;;> b2:
;;>   branch v5, b1, b3
;;> b3:
;;>   return v1
;;> b4:
;;>   v6: (ref exn) = caught_exception
;;>   return v2
;;> after
;;> b0:
;;>   v0: (ref null type#0) = argument #0
;;>   v1: i32 = i32.const 1
;;>   v2: i32 = i32.const 2
;;>   jump b1
;;> b1:
;;>   loop_stack_check
;;>   v4: i32 = struct.get type#0, #0, v0
;;>   v5: i32 = call @may-throw, v4
;;>   invoke b2, b7
;;> b2:
;;>   branch v5, b3, b6
;;> b3:  ; loop
;;>   loop_stack_check
;;>   v7: i32 = struct.get type#0, #0, v0
;;>   v8: i32 = call @may-throw, v7
;;>   invoke b4, b5
;;> b4:
;;>   branch v8, b3, b6
;;> b5:
;;>   v9: (ref exn) = caught_exception
;;>   return v2
;;> b6:
;;>   return v1
;;> b7:
;;>   v10: (ref exn) = caught_exception
;;>   return v2

;;> == code function=call tier=optimized
;;> 82 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 0x18
;;>   cmp rsp, [r14]
;;>   jb L3
;;> L1:
;;>   add edx, 1                             ; call: i32.add
;;>   mov [rbp-0x10], rdx                    ; call: call may-throw
;;>   mov r11, [r14+0x40]
;;>   mov r14, [r11+8]
;;>   mov r15, [r14+8]
;;>   call qword [r11]
;;>   mov r14, [rbp-8]
;;>   leave                                  ; call: return
;;>   ret
;;>   mov rcx, [r14+0x48]                    ; call: end
;;>   cmp rcx, [rax+8]
;;>   jne L2
;;>   mov eax, [rax+0x10]
;;>   add eax, [rbp-0x10]                    ; call: i32.add
;;>   leave                                  ; call: end
;;>   ret
;;> L2:
;;>   call Throw                             ; call: end
;;>   int3
;;> L3:
;;>   call StackGuard                        ; call: (entry)
;;>   jmp L1
